"""Near-duplicate texts: a short signature that tells how much of two texts is the same.

MinHash over the sets of four neighbouring Chinese characters or words, converted to Simplified, so that a copy
in the other script, with other punctuation or line breaks, counts as the same text (Broder, 1997: "On the
resemblance and containment of documents").
"""

import re
import zlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from knowledge.language import HAN, to_simplified

if TYPE_CHECKING:
    import numpy as np

THRESHOLD = 0.8
"""From this similarity on, two documents count as near duplicates."""

_SHINGLE_LENGTH = 4
_BAND_COUNT, _BAND_ROWS = 21, 6  # finds .998 of the pairs at similarity .8, .28 of those at .5
_HASH_COUNT = _BAND_COUNT * _BAND_ROWS
_BLOCK = 2048
_MIXER = 0x9E3779B97F4A7C15
_UNIT = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")


def sign(text: str) -> bytes:
    """Return the signature of a text, 504 bytes; empty if it has no letter, digit or Chinese character."""
    import numpy as np

    units = _UNIT.findall(to_simplified(text).lower())
    if not units:
        return b""
    shingles = np.unique(_hash_shingles(units))
    factors, summands = _hash_functions()
    smallest = np.full(_HASH_COUNT, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(shingles), _BLOCK):
        hashes = shingles[start : start + _BLOCK, None] * factors
        hashes += summands
        np.minimum(smallest, hashes.min(axis=0), out=smallest)
    return (smallest >> np.uint64(32)).astype("<u4").tobytes()


def bands(signatures: Sequence[bytes]) -> list[list[int]]:
    """Return a number of 64 bits, with sign, for each band of each signature: similar texts are likely to share one.

    Of an empty signature there is none.
    """
    import numpy as np

    rows = np.frombuffer(b"".join(signatures), "<u4").astype(np.uint64).reshape(-1, _BAND_COUNT, _BAND_ROWS)
    numbers = np.tile(np.arange(_BAND_COUNT, dtype=np.uint64), (len(rows), 1))
    for row in range(_BAND_ROWS):
        numbers = (numbers + rows[:, :, row]) * np.uint64(_MIXER)
        numbers ^= numbers >> np.uint64(29)
    found = iter(numbers.view(np.int64).tolist())
    return [next(found) if signature else [] for signature in signatures]


def estimate_similarity(first: bytes, second: bytes) -> float:
    """Estimate from two signatures which share of all that either text says both say, 0 to 1.

    >>> estimate_similarity(sign("用户留存策略与激励"), sign("用戶留存策略，與激勵！"))
    1.0
    """
    import numpy as np

    if not first or not second:
        return 0.0
    return float(np.mean(np.frombuffer(first, "<u4") == np.frombuffer(second, "<u4")))


def _hash_shingles(units: list[str]) -> "np.ndarray":
    """Hash each run of four units, or all of a shorter text, to 64 bits."""
    import numpy as np

    codes = np.array([ord(u) if len(u) == 1 else zlib.crc32(u.encode()) for u in units], dtype=np.uint64)
    length = min(_SHINGLE_LENGTH, len(codes))
    hashes = np.zeros(len(codes) - length + 1, dtype=np.uint64)
    for position in range(length):
        hashes = (hashes + codes[position : position + len(hashes)]) * np.uint64(_MIXER)
        hashes ^= hashes >> np.uint64(29)
    return hashes


@cache
def _hash_functions() -> tuple["np.ndarray", "np.ndarray"]:
    import numpy as np

    random = np.random.default_rng(20)
    numbers = random.integers(0, 2**63, size=(2, _HASH_COUNT), dtype=np.uint64)
    return numbers[0] * np.uint64(2) + np.uint64(1), numbers[1]
