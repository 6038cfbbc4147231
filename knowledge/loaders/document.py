"""What every loader returns, and the limits that hold for all of them."""

from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.documents import Notice
from knowledge.errors import DocumentTooLarge, DocumentWithoutText

MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document's text and what it says of itself.

    Attributes:
        text: The body as it was extracted, not cleaned, without front matter.
        markup: How its headings, lists and tables are written.
        title: Its own title, cleaned; None where it has none.
        metadata: Validated front matter; see `loaders.metadata`.
        warnings: What was ignored, repaired or doubtful.
        pages: Offsets in `text` at which page 1, 2, … start; empty where the format has no pages.
    """

    text: str
    markup: Literal["markdown", "plain"]
    title: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    pages: tuple[int, ...] = ()


def check_size(size: int, *, limit: int = MAX_BYTES) -> None:
    """Raise DocumentTooLarge when `size` bytes are more than the limit of 20 MB."""
    if size > limit:
        raise DocumentTooLarge(
            en=f"The document has {size / 2**20:.1f} MB; the limit is {limit // 2**20} MB.",
            zh=f"文档大小为 {size / 2**20:.1f} MB，上限为 {limit // 2**20} MB。",
        )


def require_content(text: str) -> str:
    """Return the text, or raise DocumentWithoutText when nothing of it can be seen."""
    if not any(character.isalnum() for character in text):
        raise without_text()
    return text


def without_text() -> DocumentWithoutText:
    """Return the error for a document in which there is nothing to read."""
    return DocumentWithoutText(
        en="The document has no text: not one letter, digit or Chinese character.",
        zh="文档中没有文字：没有任何字母、数字或汉字。",
    )
