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
