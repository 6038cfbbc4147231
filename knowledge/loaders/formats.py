"""Which loader reads which file."""

from collections.abc import Callable
from pathlib import PurePosixPath

from knowledge.errors import UnsupportedFormat, display
from knowledge.loaders.html import load_html
from knowledge.loaders.markdown import load_markdown
from knowledge.loaders.text import LoadedDocument, check_size, load_text

_LOADERS: dict[str, Callable[[bytes], LoadedDocument]] = {
    ".md": load_markdown,
    ".markdown": load_markdown,
    ".txt": load_text,
    ".text": load_text,
    ".html": load_html,
    ".htm": load_html,
    ".xhtml": load_html,
}
SUPPORTED_EXTENSIONS = tuple(_LOADERS)


def load_document(name: str, data: bytes) -> LoadedDocument:
    """Read a document by the extension of its name.

    Raises:
        UnsupportedFormat: No loader knows the extension.
        DocumentTooLarge, UnreadableDocument, InvalidFrontMatter: The content is at fault.
    """
    extension = PurePosixPath(name).suffix.lower()
    loader = _LOADERS.get(extension)
    if loader is None:
        known = ", ".join(SUPPORTED_EXTENSIONS)
        raise UnsupportedFormat(
            en=f"{display(name)} is of a format that cannot be read; supported are {known}.",
            zh=f"无法读取 {display(name)} 的格式；支持的格式有 {known}。",
        )
    check_size(len(data))
    return loader(data)
