import sys
from io import BytesIO

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from knowledge.errors import UnsupportedFormat
from knowledge.loaders import load_document


def deck() -> bytes:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "召回计划"
    slide.placeholders[1].text = "先分层\n再触达"
    slide.notes_slide.notes_text_frame.text = "Mention the budget."
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Costs"
    table = second.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for row, cells in enumerate([("Channel", "Cost"), ("SMS", "0.05")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    buffer = BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def test_slides_are_sections_and_pages() -> None:
    loaded = load_document("a.pptx", deck())
    assert loaded.title == "召回计划"
    assert loaded.text == (
        "# 召回计划\n\n- 先分层\n- 再触达\n\nMention the budget.\n\n"
        "# Costs\n\n| Channel | Cost |\n| --- | --- |\n| SMS | 0.05 |"
    )
    assert [loaded.text[start:].split("\n")[0] for start in loaded.pages] == ["# 召回计划", "# Costs"]


def test_a_chart_is_the_table_of_its_values() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["May", "June"]
    data.add_series("DAU", (10, 20.5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 100, 100, data)
    buffer = BytesIO()
    presentation.save(buffer)
    text = load_document("a.pptx", buffer.getvalue()).text
    assert text == "# 1\n\n|  | DAU |\n| --- | --- |\n| May | 10 |\n| June | 20.5 |"


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = deck()
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(UnsupportedFormat, match=r"yunce\[office\]"):
        load_document("a.pptx", data)
