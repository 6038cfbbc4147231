"""Pronunciations that copy protection puts in brackets after Chinese characters."""

import re

from knowledge.cleaning.edits import Edit, order_edits
from knowledge.cleaning.readings import SYLLABLE, TONED, has_reading
from knowledge.cleaning.torn_characters import restore_torn_characters
from knowledge.language import HAN

_ZHUYIN = "[˙\u3105-\u312fˊˇˋ]{1,5}"
_BRACKET = re.compile(rf"[(（〔【\[] ?({SYLLABLE}[1-5]?|{_ZHUYIN}) ?(?:[)）〕】]|\](?!\())")
_BRACKETS = re.compile(rf"(?<=[{HAN}]) ?(?:{_BRACKET.pattern})+")
_NUMBERED = re.compile(r"[a-zü][1-5]\b")
_HAS_TONE = re.compile(rf"[{TONED}\u3105-\u312f]")
_EVIDENCE = 3
_USUAL_GAP = 150
_TONELESS_EVIDENCE = 8


def remove_pronunciations(text: str) -> list[Edit]:
    """Remove the reading of a Chinese character that stands in brackets after it.

    A syllable with a tone mark goes where the document has several, or where the text is short and it is a
    reading of that character; a single one in a long text is its author's. One without goes only where the document is full of pronunciations and it is the unstressed reading (的(de)),
    or where nearly all of many such brackets are readings. A tone may also be a number, if it is that character's
    (產(chan3), but 页面(h5)). So 统(CRM), 用户(users), 他(he) and 阿(a) stay.
    """
    if not any(mark in text for mark in "(（〔【[?"):
        return []
    toned: list[re.Match[str]] = []
    toneless: list[re.Match[str]] = []
    for match in _BRACKETS.finditer(text):
        if not _NUMBERED.search(match.group()):
            (toned if _HAS_TONE.search(match.group()) else toneless).append(match)
        elif _is_reading(match):
            toned.append(match)
    if len(toned) >= _EVIDENCE:
        removed = toned + [match for match in toneless if _is_reading(match, tones="5")]
        torn = restore_torn_characters(text) if "?" in text else []
        return order_edits([*torn, *((match.start(), match.end(), "") for match in removed)])
    dense = _USUAL_GAP * len(toned) >= len(text)
    removed = [match for match in toned if dense and _is_reading(match)]
    if len(toneless) >= _TONELESS_EVIDENCE:
        readings = [match for match in toneless if _is_reading(match)]
        removed += readings if len(readings) > 0.8 * len(toneless) else []
    return order_edits((match.start(), match.end(), "") for match in removed)


def _is_reading(match: re.Match[str], tones: str = "12345") -> bool:
    character = match.string[match.start() - 1]
    syllables = _BRACKET.findall(match.group())
    return all(
        s[0] >= "\u02c7" or has_reading(character, s.rstrip("12345"), s[-1] if s[-1].isdecimal() else tones)
        for s in syllables
    )
