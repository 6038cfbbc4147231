"""Which loader reads which file."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath

from knowledge.errors import UnsupportedFormat, display
from knowledge.loaders.document import LoadedDocument, check_size
from knowledge.loaders.inspection import Content, check_content


@dataclass(frozen=True, slots=True)
class _Format:
    content: Content
    loader: str  # module and function, imported when needed: some parsers are heavy


_TEXT = _Format("text", "text.load_text")
_MARKDOWN = _Format("text", "markdown.load_markdown")
_HTML = _Format("text", "html.load_html")
_FORMATS = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": _TEXT,
    ".text": _TEXT,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".docx": _Format("zip", "docx.load_docx"),
    ".pdf": _Format("pdf", "pdf.load_pdf"),
    ".xlsx": _Format("zip", "xlsx.load_xlsx"),
    ".xlsm": _Format("zip", "xlsx.load_xlsx"),
    ".csv": _Format("text", "csv.load_csv"),
    ".tsv": _Format("text", "csv.load_csv"),
    ".eml": _Format("text", "eml.load_eml"),
    ".pptx": _Format("zip", "pptx.load_pptx"),
}
ARCHIVE_EXTENSIONS = (".zip",)
DOCUMENT_EXTENSIONS = tuple(_FORMATS)
SUPPORTED_EXTENSIONS = DOCUMENT_EXTENSIONS + ARCHIVE_EXTENSIONS


def load_document(name: str, data: bytes) -> LoadedDocument:
    """Read a document by the extension of its name; one without an extension is read as plain text.

    Raises:
        UnsupportedFormat: No loader knows the extension, or the content is something else.
        DocumentTooLarge, UnreadableDocument, InvalidFrontMatter: The content is at fault.
    """
    extension = extension_of(name)
    known = _FORMATS.get(extension) if extension else _TEXT
    if known is None:
        raise unsupported(name)
    check_size(len(data))
    check_content(data, known.content)
    module, function = known.loader.split(".")
    loader: Callable[[bytes], LoadedDocument]
    loader = getattr(import_module(f"knowledge.loaders.{module}"), function)
    return loader(data)


def extension_of(name: str) -> str:
    """Return the extension of a file name in lower case, with its dot, up to a blank or a line break."""
    first, *_ = PurePosixPath(name.strip()).suffix.lower().split() or [""]
    return first


def is_archive(name: str) -> bool:
    """Tell whether a file holds several documents."""
    return extension_of(name) in ARCHIVE_EXTENSIONS


def unsupported(name: str) -> UnsupportedFormat:
    """Return the error for a file that no loader knows."""
    known = ", ".join(SUPPORTED_EXTENSIONS)
    return UnsupportedFormat(
        en=f"{display(name)} is of a format that cannot be read; supported are {known}.",
        zh=f"无法读取 {display(name)} 的格式；支持的格式有 {known}。",
    )
