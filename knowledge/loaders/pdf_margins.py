"""The margins of pages: running heads, footers and page numbers, which are no part of the text."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_NUMBER_AT_END = re.compile(r"\A\W*(?:第\s*)?(?:\d+|[ivxlc]+\b)|(?:\d+|\b[ivxlc]+)\s*(?:页|頁)?\W*\Z")
_SHORT = 24
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|p\.|第)\s*\d+\s*(?:页|頁)?(?:\s*[,，]?\s*(?:/|of|共)\s*\d+\s*(?:页|頁)?)?"
    r"|\d+\s*(?:/|of|共|页\s*共)\s*\d+\s*(?:页|頁)?|\d+\s*(?:页|頁))[\W_]*",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"[\W_]*(?:\d{1,3}|(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3}))[\W_]*")
_EDGE_LINES = 3
_RUNNING_SHARE = 0.5
_FEWEST_PAGES = 3
_SAME_PLACE = 2.0
_GAP = 0.8
_LARGEST = 1.05
_ZONE = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and where it stands, in points from the top left."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as Markdown and where it stands."""

    text: str
    top: float
    bottom: float


Page = Sequence[Line | Table]


def drop_running_lines(pages: Sequence[Page]) -> list[list[Line | Table]]:
    """Drop page numbers, and lines at the edges of pages that come back.

    Numbers in them may differ; none is larger than the body. Lines that come back on fewer than half of the pages, such as heads of chapters and of
    left and right pages, or of a document of two pages, must be in the same place.
    """
    edges = [_find_edges(page) for page in pages]
    keys = Counter(key for edge in edges for key in {_normalize(line.text) for line in edge})
    texts = Counter(text for edge in edges for text in {line.text for line in edge})
    places = _find_places(edges)
    most = max(_RUNNING_SHARE * len(pages), 2)
    body = _find_body_size(pages)
    head, foot = _find_zones(pages)

    def is_running(line: Line, margin: Sequence[Line]) -> bool:
        key = _normalize(line.text)
        if line not in margin:
            return texts[line.text] > most and line.size < body
        if len(pages) > 1 and _BARE_NUMBER.fullmatch(line.text):
            return True
        if head < line.top and line.bottom < foot:
            return False
        times = sum(abs(top - line.top) <= _SAME_PLACE for top in places[key])
        return keys[key] > most or times >= min(_FEWEST_PAGES, max(len(pages), 2))

    bodies = []
    for page, edge in zip(pages, edges, strict=True):
        margin = _find_margin(page)
        running = {
            line
            for line in edge
            if _PAGE_NUMBER.fullmatch(line.text)
            or (line.size <= _LARGEST * body and is_running(line, margin))
        }
        if len(running) == len(page):  # a page of little text, which differs from others by its numbers
            running = {line for line in running if line.size < body or not any(map(str.isalpha, line.text))}
        bodies.append([block for block in page if block not in running])
    return bodies if any(bodies) else [list(page) for page in pages]


def _find_zones(pages: Sequence[Page]) -> tuple[float, float]:
    """Return how far the head of pages reaches down, and where their foot begins."""
    tops = [block.top for page in pages for block in page]
    bottoms = [block.bottom for page in pages for block in page]
    first, last = min(tops, default=0.0), max(bottoms, default=0.0)
    return first + _ZONE * (last - first), last - _ZONE * (last - first)


def _find_edges(page: Page) -> list[Line]:
    """Return the lines at the very top and bottom of a page."""
    lines = [block for block in _sort(page) if isinstance(block, Line)]
    return [*lines[:_EDGE_LINES], *lines[_EDGE_LINES:][-_EDGE_LINES:]]


def _find_margin(page: Page) -> list[Line]:
    """Return the lines at the edges that a gap parts from the body; the head of a table stands close to its rows."""
    blocks = _sort(page)
    gaps = [following.top - block.bottom for block, following in pairwise(blocks)]
    wide = [gap > _GAP * (block.bottom - block.top) for gap, block in zip(gaps, blocks, strict=False)]
    top = max((n + 1 for n, is_wide in enumerate(wide[:_EDGE_LINES]) if is_wide), default=0)
    bottom = max((n + 1 for n, is_wide in enumerate(wide[::-1][:_EDGE_LINES]) if is_wide), default=0)
    return [block for block in [*blocks[:top], *blocks[len(blocks) - bottom :]] if isinstance(block, Line)]


def _sort(page: Page) -> list[Line | Table]:
    return sorted(page, key=lambda block: block.top)


def _find_places(edges: Sequence[Sequence[Line]]) -> dict[str, list[float]]:
    """Return how far down each line of the edges stands, once for each page that has it."""
    places: dict[str, list[float]] = defaultdict(list)
    for edge in edges:
        for key, top in {_normalize(line.text): line.top for line in edge}.items():
            places[key].append(top)
    return places


def _find_body_size(pages: Sequence[Page]) -> float:
    weights: Counter[float] = Counter()
    for page in pages:
        for block in page:
            if isinstance(block, Line):
                weights[block.size] += len(block.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _normalize(text: str) -> str:
    """Return what a line says but for its number, which stands at an end of it if the line is not very short."""
    text = text.lower()
    if len(text) <= _SHORT:
        return _NUMBER.sub("#", text)
    return _NUMBER_AT_END.sub("#", text)
