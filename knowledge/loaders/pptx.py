"""PowerPoint presentations: every slide a section, with its tables and the speaker's notes."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from knowledge.errors import UnsupportedFormat
from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.inspection import check_office, damaged
from knowledge.loaders.tables import write_table


def load_pptx(data: bytes) -> LoadedDocument:
    """Read a presentation; hidden slides are part of it. Slides count as pages.

    Raises:
        UnsupportedFormat: The extra `office` is not installed.
        UnreadableDocument: It is broken or declares XML entities.
    """
    try:
        from pptx import Presentation
        from pptx.exc import PackageNotFoundError
    except ImportError as error:
        raise UnsupportedFormat(
            en="Presentations (.pptx) can be read once the extra is installed: pip install 'yunce[office]'.",
            zh="读取演示文稿（.pptx）需要先安装扩展：pip install 'yunce[office]'。",
        ) from error
    check_office(data)
    try:
        slides = Presentation(BytesIO(data)).slides
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:
        raise damaged() from error
    text, offsets = "", []
    for number, slide in enumerate(slides, start=1):
        text += "\n\n" if text else ""
        offsets.append(len(text))
        text += "\n\n".join(_read_slide(slide, number))
    first = slides[0].shapes.title if len(slides) else None
    title = " ".join(first.text_frame.text.split()) if first is not None else ""
    return LoadedDocument(
        text=require_content(text), markup="markdown", title=title or None, pages=tuple(offsets)
    )


def _read_slide(slide: Any, number: int) -> Iterator[str]:
    title = slide.shapes.title
    words = " ".join(title.text_frame.text.split()) if title is not None else ""
    yield f"# {words or number}"
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _read_shape(shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame.text.strip()):
        yield notes


def _read_shape(shape: Any) -> Iterator[str]:
    if hasattr(shape, "shapes"):
        for member in shape.shapes:
            yield from _read_shape(member)
    elif getattr(shape, "has_table", False):
        yield write_table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif shape.has_text_frame and shape.text_frame.text.strip():
        yield "\n".join(_read_paragraphs(shape.text_frame))


def _read_paragraphs(frame: Any) -> Iterator[str]:
    paragraphs = [paragraph for paragraph in frame.paragraphs if paragraph.text.strip()]
    for paragraph in paragraphs:
        text = " ".join(paragraph.text.split())
        yield f"{'  ' * paragraph.level}- {text}" if len(paragraphs) > 1 else text
