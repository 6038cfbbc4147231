"""Changing the embedding model while search goes on with the old one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, update

from knowledge.catalogue.database import write
from knowledge.catalogue.publication import index_text
from knowledge.catalogue.reading import Catalogue
from knowledge.catalogue.schema import chunks, entries, new_vectors, state, vector_changes, vectors
from knowledge.embedding.asked_vectors import Asked, embed_asked, read_asked, store_asked
from knowledge.embedding.calibration import SAMPLE, describe_embedder, measure_scale
from knowledge.embedding.current_model import CurrentModel, fits
from knowledge.embedding.embeddings import Embedder, Scale

if TYPE_CHECKING:
    import numpy as np

_BATCH = 256
_UNDER_WAY = "reindexing"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reindexed:
    """Outcome of a change of the embedding model.

    Attributes:
        changed: Whether the model is another than before.
        embedded: Chunks embedded in this run.
        resumed: Chunks whose vectors an earlier run, cut short, had left.
        scale: The measured scale that holds now; None if none was measured.
    """

    changed: bool
    embedded: int
    resumed: int
    scale: Scale | None


class Reindexing:
    """One change of a catalogue's embedding model.

    Vectors of the new model gather in `new_vectors` while the old ones serve; a run that was cut short is
    taken up by the next one. What is taken in meanwhile is embedded in a further round. At the end one
    transaction puts the new vectors and the name of their model in place; the vector index follows after it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        model: CurrentModel,
        embedder: Embedder,
        *,
        on_switch: Callable[[], None],
    ) -> None:
        """Prepare a change.

        Args:
            catalogue: The catalogue.
            model: The model in use, which is told of the change.
            embedder: The model to change to.
            on_switch: Called once the catalogue holds the new vectors, before they are searched.
        """
        self._on_switch = on_switch
        self._catalogue = catalogue
        self._model = model
        self._embedder = embedder

    def run(self, *, calibrate: bool = False, on_progress: Progress | None = None) -> Reindexed:
        """Embed everything and switch. Raises EmbeddingFailed; what was embedded stays for the next run."""
        if self._is_in_use():
            scale = measure_in_use(self._catalogue, self._embedder) if calibrate else None
            return Reindexed(False, 0, 0, scale)
        resumed = self._begin()
        embedded = 0
        while True:
            embedded += self._embed_missing(on_progress)
            with self._catalogue.engine.connect() as connection:
                asked = read_asked(connection)
                sample = sample_vectors(connection, new_vectors) if calibrate else None
            made = embed_asked(asked, self._embedder)
            scale = measure_scale(self._embedder, *sample) if sample else None
            with self._model.lock:
                if self._switch(asked, made, scale):
                    self._on_switch()
                    self._model.replace(self._embedder)
                    return Reindexed(True, embedded, resumed, scale)

    def _is_in_use(self) -> bool:
        with self._catalogue.engine.connect() as connection:
            return fits(self._catalogue.get_state(connection, "embedder"), self._embedder)

    def _begin(self) -> int:
        """Note which model is being changed to, drop vectors of any other, and count those that are there."""
        wanted = describe_embedder(self._embedder)
        with write(self._catalogue.engine) as connection:
            if self._catalogue.get_state(connection, _UNDER_WAY) != wanted:
                connection.execute(delete(new_vectors))
                self._catalogue.set_state(connection, _UNDER_WAY, wanted)
            return _count(connection, new_vectors)

    def _embed_missing(self, on_progress: Progress | None) -> int:
        embedded = 0
        while texts := self._read_missing():
            made = self._embedder.embed(list(texts.values())).astype("<f4")
            with write(self._catalogue.engine) as connection:
                # Some may have gone since they were read; another process may have embedded some.
                wanted = set(connection.execute(_select_missing().where(vectors.c.row.in_(texts))).scalars())
                new = [
                    {"row": row, "vector": vector.tobytes()}
                    for row, vector in zip(texts, made, strict=True)
                    if row in wanted
                ]
                if new:
                    connection.execute(insert(new_vectors), new)
                done, total = _count(connection, new_vectors), _count(connection, vectors)
            embedded += len(new)
            if on_progress:
                on_progress(min(done, total), total)
        return embedded

    def _read_missing(self) -> dict[int, str]:
        wanted = _select_missing().order_by(vectors.c.row).limit(_BATCH)
        query = select(chunks.c.row, chunks.c.context, chunks.c.text).where(chunks.c.row.in_(wanted))
        with self._catalogue.engine.connect() as connection:
            found = connection.execute(query).all()
        return {row.row: index_text(row.context, row.text) for row in found}

    def _switch(self, asked: Asked, made: dict[tuple[str, str], bytes], scale: Scale | None) -> bool:
        """Put everything in place, unless something came in since it was embedded: then nothing is done."""
        with write(self._catalogue.engine) as connection:
            if connection.execute(_select_missing().limit(1)).first() or read_asked(connection) != asked:
                return False
            newer = select(new_vectors.c.vector).where(new_vectors.c.row == vectors.c.row)
            connection.execute(update(vectors).values(vector=newer.scalar_subquery()))
            store_asked(connection, made)
            connection.execute(delete(new_vectors))
            connection.execute(delete(state).where(state.c.key == _UNDER_WAY))
            self._catalogue.set_state(connection, "embedder", describe_embedder(self._embedder, scale))
            # The vector index has yet to follow all of them; search reads the catalogue's vectors meanwhile.
            changed = select(entries.c.document_id, entries.c.audience_id).distinct()
            connection.execute(insert(vector_changes).from_select(["document_id", "audience_id"], changed))
        return True


def measure_in_use(catalogue: Catalogue, embedder: Embedder) -> Scale | None:
    """Measure the scale of the model in use and record it; None if the documents are too few for that."""
    with catalogue.engine.connect() as connection:
        sample = sample_vectors(connection, vectors)
    scale = measure_scale(embedder, *sample)
    if scale is not None:
        with write(catalogue.engine) as connection:
            catalogue.set_state(connection, "embedder", describe_embedder(embedder, scale))
    return scale


def sample_vectors(connection: Connection, table: Any) -> "tuple[list[str], list[str], np.ndarray]":
    """Read some chunks that are in search, the same ones each time: texts, documents and vectors."""
    import numpy as np

    query = select(chunks.c.text, entries.c.document_id, table.c.vector)
    query = query.join(entries, entries.c.row == chunks.c.row).join(table, table.c.row == chunks.c.row)
    query = query.order_by(entries.c.row * 2_654_435_761 % 2**32).limit(SAMPLE)
    found = connection.execute(query).all()
    matrix = np.frombuffer(b"".join(row.vector for row in found), dtype="<f4")
    shape = (len(found), -1) if found else (0, 0)
    return [row.text for row in found], [row.document_id for row in found], matrix.reshape(shape)


def _select_missing() -> Any:
    made = select(new_vectors.c.row).where(new_vectors.c.row == vectors.c.row)
    return select(vectors.c.row).where(~made.exists())


def _count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
