"""Preparation: from a file's bytes to passages. Needs neither a database nor a model, so a child process can do it."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from knowledge.cleaning import Alignment, clean_document
from knowledge.documents import Notice
from knowledge.intake.chunking import Passage, chunk_text
from knowledge.language import detect_language
from knowledge.loaders import load_document
from knowledge.loaders.document import require_content


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be embedded and stored.

    Attributes:
        title: Its own title, of plain text the heading that all of it stands under; None where it has none.
        metadata: Validated front matter; see `loaders.metadata`.
        warnings: What was ignored, repaired or doubtful.
        language: As detected; "zh-Hans", "zh-Hant", "en" or "und".
        original: The text as the loader extracted it.
        text: The cleaned text.
        alignment: Maps spans of `text` to spans of `original`.
        passages: The passages of `text` in reading order.
        pages: For each passage, the page on which it starts, from 1; None where the format has no pages.
        languages: For each passage, its language.
    """

    title: str | None
    metadata: dict[str, Any]
    warnings: tuple[Notice, ...]
    language: str
    original: str
    text: str
    alignment: Alignment
    passages: tuple[Passage, ...]
    pages: tuple[int | None, ...]
    languages: tuple[str, ...]


def prepare(name: str, data: bytes) -> Prepared:
    """Load, clean and chunk a document.

    Raises:
        DocumentError: The document is at fault.
    """
    loaded = load_document(name, data)
    cleaned = clean_document(loaded.text, markup=loaded.markup)
    passages = tuple(chunk_text(require_content(cleaned.text), markup=loaded.markup))
    language, whole = detect_language(cleaned.text), cleaned.text.strip()
    return Prepared(
        title=loaded.title or (_find_title(passages) if loaded.markup == "plain" else None),
        metadata=loaded.metadata,
        warnings=loaded.warnings + cleaned.warnings,
        language=language,
        original=loaded.text,
        text=cleaned.text,
        alignment=cleaned.alignment,
        passages=passages,
        pages=tuple(_find_page(passage, cleaned.alignment, loaded.pages) for passage in passages),
        languages=tuple(language if p.text == whole else detect_language(p.text) for p in passages),
    )


def _find_title(passages: tuple[Passage, ...]) -> str | None:
    tops = {passage.section[:1] for passage in passages}
    return next(iter(tops.pop()), None) if len(tops) == 1 else None


def _find_page(passage: Passage, alignment: Alignment, pages: tuple[int, ...]) -> int | None:
    if not pages:
        return None
    start, _ = alignment.to_original(passage.start, passage.end)
    return max(bisect_right(pages, start), 1)
