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
_CLAUSE = re.compile(r"[^\n，。！？；：,;!?“”「」『』《》\"()（）|]+")
_KANA = re.compile("[\u3040-\u30ff]")
_CLEAR_SHARE = 0.9
_CLEAR_COUNT = 20


def unify_script(text: str) -> list[Edit]:
    """Convert the few characters of the other script, one by one.

    Only characters that are written in one script alone count and change, so 后, 里, 台, 着 stay in both. A clause
    that is mostly in the other script is a quotation or a glossary's term and stays.
    """
    counts = Counter(text)
    scripts = {character: script for character in counts if (script := _name_script(character))}
    total = Counter[str]()
    for character, script in scripts.items():
        total[script] += counts[character]
    if len(total) < 2:
        return []
    (major, most), (minor, few) = total.most_common()
    if most < _CLEAR_COUNT or most < _CLEAR_SHARE * (most + few):
        return []
    strays = re.compile(f"[{''.join(c for c, script in scripts.items() if script == minor)}]")
    converter = _converter("t2s" if major == "simplified" else "s2t")
    edits: list[Edit] = []
    for clause in _CLAUSE.finditer(text):
        if strays.search(clause.group()):
            edits += _convert(clause.group(), clause.start(), strays, scripts, converter)
    return edits


def _convert(
    clause: str, offset: int, strays: re.Pattern[str], scripts: dict[str, str], converter: "OpenCC"
) -> list[Edit]:
    found = list(strays.finditer(clause))
    own = sum(character in scripts for character in clause) - len(found)
    if own <= len(found) or _KANA.search(clause):
        return []
    converted = converter.convert(clause)
    if len(converted) != len(clause):
        converted = "".join(map(converter.convert, clause))
    if len(converted) != len(clause):
        return []
    return [(offset + m.start(), offset + m.end(), converted[m.start()]) for m in found]


@lru_cache(maxsize=65536)
def _name_script(character: str) -> str:
    """Return "traditional" or "simplified" for a character that only that script writes, else ""."""
    if not _HAN.match(character):
        return ""
    simplified, traditional = (_converter(name).convert(character) for name in ("t2s", "s2t"))
    if simplified != character and _writes_alone("gb2312", simplified, character, back="s2t"):
        return "traditional"
    if traditional != character and _writes_alone("big5", traditional, character, back="t2s"):
        return "simplified"
    return ""


def _writes_alone(encoding: str, equal: str, character: str, *, back: str) -> bool:
    """Tell whether a script, by its national encoding, has the equal of a character but not the character."""
    returns = _converter(back).convert(equal) == character
    return returns and _encodes(equal, encoding) and not _encodes(character, encoding)


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter(configuration: str) -> "OpenCC":
    from opencc import OpenCC

    return OpenCC(configuration)
