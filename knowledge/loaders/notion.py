"""Exports of Notion: names carry ids of 32 digits, links lead to files of the export, and a database comes twice."""

import re
from collections.abc import Collection

_ID = re.compile(r"(?:[ _-]|%20)[0-9a-f]{32}(?=/|_all\.|\.[a-z]+\b|\b(?![\w-])|$)")
_ALL = "_all.csv"
_LINK = re.compile(r"(!?)\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(((?:[^()\n]|\([^()\n]*\))*)\)")
_ABROAD = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)
_LINK_IN_CELL = re.compile(r" \((?:[^()\s]|\([^()\s]*\))*%20[0-9a-f]{32}(?:\.\w+)?\)")
_LABEL_ID = re.compile(r"[ _-][0-9a-f]{32}(?:\.(?:md|csv|html))?\Z")
_CALLOUT = re.compile(r"(?m)^[ \t]*</?aside>[ \t]*\n?")


def is_export(paths: Collection[str]) -> bool:
    """Tell whether most pages of an archive carry Notion's ids in their names."""
    pages = [path for path in paths if path.endswith((".md", ".html", ".csv"))]
    return bool(pages) and sum(bool(_ID.search(path)) for path in pages) > len(pages) / 2


def shorten_names(paths: Collection[str]) -> dict[str, str]:
    """Map paths to paths without ids; where two become the same, both keep theirs."""
    short = {path: _ID.sub("", path).replace(_ALL, ".csv") for path in paths if not _is_doubled(path, paths)}
    taken = list(short.values())
    return {path: name if taken.count(name) == 1 else path for path, name in short.items()}


def is_left_out(path: str, paths: Collection[str]) -> bool:
    """Tell whether a file repeats another: a database is exported as it is shown, and with all of its rows."""
    return _is_doubled(path, paths)


def _is_doubled(path: str, paths: Collection[str]) -> bool:
    return path.endswith(".csv") and path.removesuffix(".csv") + _ALL in paths


def tidy_page(path: str, page: bytes) -> bytes:
    """Write what leads to other files of the export as its label, for those files are documents of their own.

    Pictures go, and of callouts the tags around them.
    """
    if not path.endswith((".md", ".csv")):
        return page
    text = page.decode("utf-8", errors="surrogateescape")
    if path.endswith(".csv"):
        text = _LINK_IN_CELL.sub("", text)
    else:
        text = _CALLOUT.sub("", _LINK.sub(_write_link, text))
    return text.encode("utf-8", errors="surrogateescape")


def _write_link(link: re.Match[str]) -> str:
    is_picture, label, target = link.groups()
    if _ABROAD.match(target):
        return link[0]
    return "" if is_picture else _LABEL_ID.sub("", label)
