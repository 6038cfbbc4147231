"""Exports of Confluence spaces as HTML. What is furniture within a page, the HTML loader knows."""

import re
from collections.abc import Callable, Collection
from pathlib import PurePosixPath

_MARKS = (b'id="main-header"', b'id="title-text"', b"Space Details:")
_ATTACHMENTS = ("attachments", "download")
_DECORATION = ("images", "styles")
_INDEX = re.compile(r"\A(?:index|overview-tree)\.html\Z")


def is_export(paths: Collection[str], read: Callable[[str], bytes]) -> bool:
    """Tell a space's export by its index page."""
    index = next((path for path in paths if PurePosixPath(path).name == "index.html"), None)
    if index is None:
        return False
    page = read(index)
    return any(mark in page for mark in _MARKS)


def is_left_out(path: str) -> bool:
    """Tell whether a file is the index or decoration."""
    *folders, name = PurePosixPath(path).parts
    return bool(_INDEX.match(name)) or any(folder in _DECORATION for folder in folders)


def is_attachment(path: str) -> bool:
    """Tell whether a file was attached to a page."""
    return any(folder in _ATTACHMENTS for folder in PurePosixPath(path).parts[:-1])
