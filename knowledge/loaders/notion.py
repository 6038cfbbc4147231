"""Exports of Notion: names carry ids of 32 digits, and a database comes twice."""

import re
from collections.abc import Collection

_ID = re.compile(r"(?:[ _-]|%20)[0-9a-f]{32}(?=/|_all\.|\.[a-z]+\b|\b(?![\w-])|$)")
_ALL = "_all.csv"
_LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
_LINKED_ID = re.compile(r"(?:%20|[ _-])[0-9a-f]{32}(?![0-9a-f])")


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


def shorten_links(page: bytes) -> bytes:
    """Cut the ids from the links of a Markdown page."""
    text = page.decode("utf-8", errors="surrogateescape")
    shortened = _LINK.sub(lambda link: _LINKED_ID.sub("", link[0]), text)
    return shortened.encode("utf-8", errors="surrogateescape")
