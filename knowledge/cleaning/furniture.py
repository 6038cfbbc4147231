"""Page furniture: download notices, copyright lines, related links, comment boxes and the like."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import normalize

from knowledge.cleaning.edits import Edit
from knowledge.cleaning.lines import iterate_lines
from knowledge.cleaning.protection import Span, find_protected
from knowledge.language import to_simplified

_HINT = re.compile(  # cheap, for lines in the middle: only these can be furniture there
    r"(?i)[页頁阅閱读讀载載登錄录關关相热熱猜评評赏賞赞贊扫掃声聲提说說版]|广告|廣告|官[网網]|vip|page|cookie|log ?in|sign"
    r"|click|skip|javascript|preview|advert|sponsor|scroll|related|recommend|more|latest|popular|also|^\W*\d+\W*$"
)
_MARKS = re.compile(r"^[\s>#*+•·▪●◦_-]+(?:\d+[.)、]\s*)?|[\s*_#]+$")
_BULLET = re.compile(r"\s*(?:[-*+•·▪●◦]\s|\d+[.)、]\s?\S|!?\[)")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|第[一二三四五六七八九十\d]+[章节篇部]|[一二三四五六七八九十]+、)")
_SENTENCE = re.compile(r"[。！？!?.;；][”’」』）)\"']*\s*$")
_ELLIPSIS = re.compile(r"(?:…|\.{3})\s*$")
_DATE = re.compile(r"(?:.{0,8} )?\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?(?: .{0,12})?|\d{1,6}")
_PAGE_OF_TITLE = re.compile(r"(?P<title>\S.{1,80}?)[_＿]第 ?\d+ ?[页頁]\s*$")
_HEAD_LINES, _FOOT_LINES = 60, 400
_LONGEST_ANYWHERE = 120
_LONGEST_LINE = 400
_LONGEST_SHORT = 30
_LONGEST_STRAY = 100
_BODY_LENGTH = 40
_FURNITURE_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with its groups of furniture; `start` to `end` takes in its line break."""

    start: int
    end: int
    text: str
    groups: frozenset[str] = frozenset()
    protected: bool = False


def find_furniture(text: str, *, markup: str) -> list[Edit]:
    """Return the removal of lines that are furniture by their words and their place.

    A list of pages with the document's title ("…_第1页") gives the title once.
    """
    lines = _read_lines(text, find_protected(text, markup=markup))
    filled = [line for line in lines if line.text]
    dropped = {line.start for line in filled if "anywhere" in line.groups}
    foot = _find_foot(filled)
    dropped |= {line.start for line in filled[foot:]}
    is_page = bool(dropped) or any(line.groups & {"edge", "alone"} for line in filled)
    certain = {"edge", "alone", "weak"} if is_page else set()
    dropped |= {line.start for line in _find_edges(filled[:foot]) if line.groups & certain}
    dropped |= {line.start for line in _find_link_lists(filled[:foot])}
    edits = {line.start: (line.start, line.end, "") for line in filled if line.start in dropped}
    edits |= _reduce_page_titles(filled)
    return _close_gaps(lines, edits)


def _read_lines(text: str, protected: list[Span]) -> list[_Line]:
    lines = list(iterate_lines(text))
    filled = [number for number, line in enumerate(lines) if line.text]
    near_edge = {*filled[:_HEAD_LINES], *filled[-_FOOT_LINES:]}
    read: list[_Line] = []
    index = 0
    for number, (start, end, first, last, content) in enumerate(lines):
        while index < len(protected) and protected[index][1] <= start:
            index += 1
        if index < len(protected) and protected[index][0] <= first and last <= protected[index][1]:
            read.append(_Line(start, end, content, protected=bool(content)))
        elif content and len(content) <= _LONGEST_LINE and (number in near_edge or _HINT.search(content)):
            read.append(_Line(start, end, content, _classify(content)))
        else:
            read.append(_Line(start, end, content))
    return read


@lru_cache(maxsize=4096)
def _classify(line: str) -> frozenset[str]:
    """Name the groups that a line belongs to."""
    if line.startswith("|"):
        return frozenset()
    key = _MARKS.sub("", normalize("NFKC", to_simplified(_LINK.sub(r"\1", line))))
    key = " ".join(key.lower().split())
    heads = line.startswith("#")  # a heading of the page's author, whatever it is about
    return frozenset(
        group
        for group, pattern in _patterns().items()
        if not (heads and group in ("anywhere", "edge", "alone", "weak"))
        and not (group == "alone" and _BULLET.match(line))
        and (group != "anywhere" or len(key) <= _LONGEST_ANYWHERE)
        and pattern.fullmatch(key)
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    groups: dict[str, list[str]] = {}
    for line in (files("knowledge.cleaning") / "furniture.txt").read_text("utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            group = groups.setdefault(header.group(1), [])
        elif line and not line.startswith("#"):
            group.append(line)
    return {name: re.compile("|".join(f"(?:{each})" for each in each_of)) for name, each_of in groups.items()}


def _is_body(line: _Line) -> bool:
    if line.protected or line.groups:
        return line.protected
    return bool(len(line.text) >= _BODY_LENGTH or _HEADING.match(line.text) or _SENTENCE.search(line.text))


def _find_foot(lines: list[_Line]) -> int:
    """Return where nothing but furniture follows, or the number of lines."""
    for index, line in enumerate(lines):
        if line.groups & {"end", "links"} and _is_foot(lines[index:], of_links="links" in line.groups):
            return index
    return len(lines)


def _is_foot(lines: list[_Line], *, of_links: bool) -> bool:
    """Tell whether these lines are furniture but for a few; under related links, teasers are furniture too."""
    known = 0
    for index, line in enumerate(lines):
        of_links = of_links or "links" in line.groups
        following = lines[index + 1].text if index + 1 < len(lines) else ""
        if line.groups or (of_links and _is_teaser(line.text, following)):
            known += 1
        elif line.protected or _HEADING.match(line.text) or len(line.text) > _LONGEST_STRAY:
            return False
        else:
            known += _is_short(line.text)
    certain = of_links or any(line.groups & {"anywhere", "edge", "alone"} for line in lines)
    return certain and known >= _FURNITURE_SHARE * len(lines)


def _is_teaser(text: str, following: str) -> bool:
    return bool(_BULLET.match(text) or _ELLIPSIS.search(text) or _DATE.fullmatch(following))


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST_SHORT and not _SENTENCE.search(text)


def _find_edges(lines: list[_Line]) -> list[_Line]:
    """Return the lines before the first paragraph of the body and after the last, save those that it announces."""
    body = [index for index, line in enumerate(lines) if _is_body(line)]
    if not body:
        return []
    last = lines[body[-1]].text
    announces = _HEADING.match(last) or last.endswith((":", "："))
    return [*lines[: body[0]], *(lines[body[-1] + 1 :] if not announces else [])]


def _find_link_lists(lines: list[_Line]) -> Iterator[_Line]:
    for index, line in enumerate(lines):
        if "links" not in line.groups:
            continue
        end = index + 1
        while end < len(lines) and _BULLET.match(lines[end].text) and not _SENTENCE.search(lines[end].text):
            end += 1
        if end - index > 2:
            yield from lines[index:end]


def _reduce_page_titles(lines: list[_Line]) -> dict[int, Edit]:
    edits: dict[int, Edit] = {}
    seen: set[str] = set()
    for line in lines:
        match = _PAGE_OF_TITLE.match(line.text)
        if match and not line.protected:
            title = match["title"]
            edits[line.start] = (line.start, line.end, "" if title in seen else title + "\n")
            seen.add(title)
    return edits if len(edits) > 1 else {}


def _close_gaps(lines: list[_Line], edits: dict[int, Edit]) -> list[Edit]:
    """Remove, with each line, the empty lines after it if there are some before it."""
    if not edits:
        return []
    closed: list[Edit] = []
    after_gap, removing = True, False
    for line in lines:
        if line.start in edits:
            closed.append(edits[line.start])
            removing = not edits[line.start][2]
            after_gap = after_gap and removing
        elif not line.text and removing and after_gap:
            closed.append((line.start, line.end, ""))
        else:
            after_gap, removing = not line.text, removing and not line.text
    return closed
