"""Numbers and bullets of Word's lists, which stand nowhere in the text and must be counted."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_PLACE = re.compile(r"%(\d)")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def name(element: Any) -> str:
    """Return the tag of an element without its namespace, "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


class Numbering:
    """Counts the list items of one document in reading order."""

    def __init__(self, document: "Document") -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        root = _find_part(document)
        if root is None:
            return
        abstract = {each.get(_W + "abstractNumId"): each for each in root.iter(_W + "abstractNum")}
        for number in root.iter(_W + "num"):
            base = abstract.get(_value(number, "abstractNumId"))
            if base is not None:
                self._levels[str(number.get(_W + "numId"))] = dict(map(_read_level, base.iter(_W + "lvl")))

    def label(self, paragraph: Any, chain: Iterable[Any]) -> str | None:
        """Return what stands before a list item: "- ", "2." or the like; None if the paragraph is none.

        Args:
            paragraph: The paragraph.
            chain: Its properties and styles, nearest first.
        """
        for properties in chain:
            found = properties.find(f".//{_W}numPr")
            if found is None:
                continue
            list_id, depth = _value(found, "numId"), int(_value(found, "ilvl") or 0)
            if list_id in (None, "0"):
                return None
            return self._count(str(list_id), min(depth, 8))
        return None

    def _count(self, list_id: str, depth: int) -> str:
        levels = self._levels.get(list_id, {})
        form, pattern, start = levels.get(depth, ("bullet", "", 1))
        indent = "  " * depth
        if form in ("bullet", "none"):
            return indent + "-"
        counts = self._counts.setdefault(list_id, {})
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]

        def write(match: re.Match[str]) -> str:
            level = int(match.group(1)) - 1
            return _write_number(counts.get(level, 1), levels.get(level, (form, "", 1))[0])

        label = _PLACE.sub(write, pattern)
        is_plain = re.fullmatch(r"\d+\.", label)
        return f"{indent}{label}" if is_plain else f"{indent}- {label}"


def _find_part(document: "Document") -> Any:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING and not relation.is_external:
            return parse_xml(relation.target_part.blob)
    return None


def _read_level(level: Any) -> tuple[int, tuple[str, str, int]]:
    start = _value(level, "start") or "1"
    depth = int(level.get(_W + "ilvl") or 0)
    pattern = _value(level, "lvlText") or f"%{depth + 1}."
    return depth, (_value(level, "numFmt") or "decimal", pattern, int(start) if start.isdigit() else 1)


def _value(element: Any, tag: str) -> str | None:
    found = element.find(_W + tag)
    return found.get(_W + "val") if found is not None else None


def _write_number(number: int, form: str) -> str:
    if form.startswith(("chinese", "ideograph", "japanese", "taiwanese")):
        return _write_chinese(number)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = _write_roman(number)
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)


def _write_chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = (_DIGITS[tens] if tens > 1 else "") + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def _write_roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written
