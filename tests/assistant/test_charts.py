"""Charts as images."""

import struct

import pytest

from assistant.charts import lacks_glyphs, render_png


def bars(name: str) -> dict:
    return {
        "data": {"values": [{"x": name, "y": 1}]},
        "mark": "bar",
        "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
    }


def test_chart_becomes_a_png() -> None:
    png = render_png(bars("web"))
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    assert min(width, height) > 100


def test_chart_that_cannot_be_drawn_is_an_error() -> None:
    with pytest.raises(ValueError, match="Vega-Lite"):
        render_png({"mark": 5})


def test_chart_reads_no_file() -> None:
    secret = bars("x") | {"data": {"url": "file:///etc/passwd", "format": {"type": "csv"}}}
    assert render_png(secret) == render_png(bars("x") | {"data": {"values": []}})


def test_only_chinese_text_can_lack_glyphs() -> None:
    assert not lacks_glyphs(bars("web"))
    lacking = lacks_glyphs(bars("渠道"))
    assert lacking is (render_png(bars("渠渠")) == render_png(bars("道道")))
