"""The embedding model in use, which may be changed for another while searches and ingests are under way."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from knowledge.catalogue.reading import Catalogue
from knowledge.embedding.calibration import choose_scale, describe_embedder
from knowledge.embedding.embeddings import Embedder, Scale
from knowledge.errors import EmbedderChanged, display

if TYPE_CHECKING:
    import numpy as np

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


class CurrentModel:
    """Which model embeds, and on what scale its similarities are read.

    It is an Embedder itself, for callers to whom vectors of two moments need not be of one model.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        *,
        scale: Mapping[str, float] | None = None,
        find: Callable[[], Embedder] | None = None,
    ) -> None:
        """Begin with a model.

        Args:
            catalogue: What was embedded.
            embedder: The model.
            scale: Attributes of `Scale` that win over what the model has or what was measured.
            find: Builds the model that the settings name now: another process may have changed to it.
        """
        self._catalogue = catalogue
        self._embedder = embedder
        self.lock = RLock()
        """Held by whoever writes, and while the model is being changed."""
        self._scale = dict(scale or {})
        self._find = find

    @property
    def embedder(self) -> Embedder:
        """The model, at this moment."""
        return self._embedder

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """Length of its vectors."""
        return self._embedder.dimensions

    @property
    def scale(self) -> Scale:
        """The model's own scale."""
        return self._embedder.scale

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Return an array (len(texts), dimensions) of float32 rows of unit length."""
        return self._embedder.embed(texts)

    def replace(self, embedder: Embedder) -> None:
        """Use another model from now on."""
        self._embedder = embedder

    def use(self, work: Callable[[Embedder], _T]) -> _T:
        """Do what embeds and then reads or writes the catalogue, and do it again if the model changed in between.

        Args:
            work: Takes the model, and raises EmbedderChanged (see `check`) before it changes anything.
        """
        embedder = self._embedder
        try:
            return work(embedder)
        except EmbedderChanged:
            with self.lock:  # waits for the end of a change that is being made
                if self._embedder is embedder and not self._follow():
                    raise
        return work(self._embedder)

    def check(self, connection: Connection, embedder: Embedder) -> Scale:
        """Return the scale to read similarities on. Raises EmbedderChanged."""
        recorded = self._catalogue.get_state(connection, "embedder")
        check_embedder(recorded, embedder)
        return choose_scale(recorded, embedder, self._scale)

    def claim(self, connection: Connection, embedder: Embedder) -> None:
        """Record the model when a catalogue is first used, before vectors of it are kept.

        Raises:
            EmbedderChanged: The catalogue records another model.
        """
        recorded = self._catalogue.get_state(connection, "embedder")
        if recorded is None:
            self._catalogue.set_state(connection, "embedder", describe_embedder(embedder))
        check_embedder(recorded, embedder)

    def _follow(self) -> bool:
        """Take up the model that the settings name now, if it is the one that the catalogue records."""
        if self._find is None:
            return False
        found = self._find()
        with self._catalogue.engine.connect() as connection:
            if not fits(self._catalogue.get_state(connection, "embedder"), found):
                return False
        _LOG.info("the embedding model is %s now", found.name)
        self._embedder = found
        return True


def check_embedder(recorded: Mapping[str, Any] | None, embedder: Embedder) -> None:
    """Raise EmbedderChanged if the recorded model is not `embedder`."""
    if recorded and not fits(recorded, embedder):
        names = str(recorded["name"]), embedder.name
        models = [
            name.partition("@")[0] for name in names
        ]  # the addresses only where these do not tell them apart
        old, new = map(display, names if models[0] == models[1] else models)
        raise EmbedderChanged(
            en=f"The documents were embedded with {old}, but the settings name {new}. To change to it, run "
            "`yunce reindex`; to stay, set the former model again.",
            zh=f"文档由 {old} 向量化，而设置中写的是 {new}。要改用它，请运行 `yunce reindex`；要保持不变，请改回原来的设置。",
        )


def fits(recorded: Mapping[str, Any] | None, embedder: Embedder) -> bool:
    """Whether the recorded model is `embedder`."""
    return recorded is not None and (recorded["name"], recorded["dimensions"]) == (
        embedder.name,
        embedder.dimensions,
    )
