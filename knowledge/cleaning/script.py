"""A few characters of the other script in a document that is clearly Traditional or clearly Simplified."""

import re
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from knowledge.cleaning.edits import Edit
from knowledge.language import HAN

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(f"[{HAN}]")
_CLAUSE = re.compile(r"[^\n。！？“”「」『』《》\"()（）|]+")
_KANA = re.compile("[\u3040-\u30ff]")
_RARE_IN_BIG5 = b"\xc9"  # where its second level begins: names and variants, which stay
_MERGED = {
    "于": "於", "并": "並併", "后": "後", "游": "遊", "采": "採", "征": "徵", "制": "製", "里": "裡裏", "系": "係繫", "干": "幹乾",
}  # fmt: skip
_TELLING = frozenset("于并后")
_CLEAR_SHARE = 0.9
_CLEAR_COUNT = 20


def unify_script(text: str) -> list[Edit]:
    """Convert the few characters of the other script, one by one.

    Only characters that are written in one script alone count and change, so 后, 里, 台, 着 stay in both. A sentence
    that is mostly in the other script is a quotation or a glossary's term and stays. A Traditional text that has
    never 於, 並 or 後 but the characters that Simplified writes for them was converted by a machine that knows no
    words; these get what their words want (售后 becomes 售後, 皇后 stays).
    """
    counts = Counter(text)
    scripts = {character: script for character in counts if (script := _name_script(character))}
    total = Counter({"traditional": 0, "simplified": 0})
    for character, script in scripts.items():
        total[script] += counts[character]
    (major, most), (minor, few) = total.most_common()
    if most < _CLEAR_COUNT or most < _CLEAR_SHARE * (most + few):
        return []
    strays = {character for character, script in scripts.items() if script == minor}
    if major == "traditional":
        strays |= _find_merged(counts)
    return _convert(text, strays, scripts, major) if strays else []


def _find_merged(counts: Counter[str]) -> set[str]:
    """Return the characters that stand for several Traditional ones, if the text keeps none of those apart."""
    merged = {one for one, several in _MERGED.items() if counts[one] and not any(map(counts.get, several))}
    return merged if len(merged & _TELLING) > 1 else set()


def _convert(text: str, strays: set[str], scripts: dict[str, str], major: str) -> list[Edit]:
    pattern = re.compile(f"[{''.join(strays)}]")
    edits: list[Edit] = []
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        found = list(pattern.finditer(clause))
        foreign = sum(scripts.get(stray.group(), major) != major for stray in found)
        own = sum(scripts.get(character) == major for character in clause) if found else 0
        if not found or (foreign and own <= foreign) or _KANA.search(clause):
            continue
        converted = _converter("t2s").convert(clause)
        if major == "traditional":
            converted = _converter("s2t").convert(converted).replace("裏", "裡")
        if len(converted) == len(clause):
            start = match.start()
            edits += [(start + m.start(), start + m.end(), converted[m.start()]) for m in found]
    return [edit for edit in edits if edit[2] != text[edit[0]]]


@lru_cache(maxsize=65536)
def _name_script(character: str) -> str:
    """Return "traditional" or "simplified" for a character that only that script writes, else ""."""
    if not _HAN.match(character):
        return ""
    simplified, traditional = (_converter(name).convert(character) for name in ("t2s", "s2t"))
    if simplified != character and not _encode(character, "gb2312"):
        common = b"" < _encode(character, "big5") < _RARE_IN_BIG5 and _encode(simplified, "gb2312")
        return "traditional" if common else ""
    if traditional != character and not _encode(character, "big5"):
        return "simplified" if _encode(character, "gb2312") and _encode(traditional, "big5") else ""
    return ""


def _encode(character: str, encoding: str) -> bytes:
    """Return the character in a script's national encoding, empty if the script does not write it."""
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return b""


@cache
def _converter(configuration: str) -> "OpenCC":
    from opencc import OpenCC

    return OpenCC(configuration)
