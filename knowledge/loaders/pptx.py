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
    elif getattr(shape, "has_chart", False):
        yield from _read_chart(shape.chart)
    elif shape.has_text_frame and shape.text_frame.text.strip():
        yield "\n".join(_read_paragraphs(shape.text_frame))


def _read_chart(chart: Any) -> Iterator[str]:
    """Yield a chart's title and the table of its values."""
    if (
        chart.has_title
        and chart.chart_title.has_text_frame
        and (title := chart.chart_title.text_frame.text.strip())
    ):
        yield title
    for plot in chart.plots:
        series = list(plot.series)
        columns = [[str(category) for category in plot.categories], *(list(one.values) for one in series)]
        height = max(map(len, columns), default=0)
        rows = [[_write_value(c[row]) if row < len(c) else "" for c in columns] for row in range(height)]
        if rows:
            yield write_table([["", *(one.name or "" for one in series)], *rows])


def _write_value(value: Any) -> str:
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _read_paragraphs(frame: Any) -> Iterator[str]:
    paragraphs = [paragraph for paragraph in frame.paragraphs if paragraph.text.strip()]
    for paragraph in paragraphs:
        text = " ".join(paragraph.text.split())
        yield f"{'  ' * paragraph.level}- {text}" if len(paragraphs) > 1 else text
