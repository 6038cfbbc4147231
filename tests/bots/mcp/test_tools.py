"""What the door offers and says, over standard input and over HTTP, in both languages."""

import base64

import pytest
from mcp import MCPError

from tests.bots.mcp.conftest import Talk, text_of
from tools.catalog import TOOLS
from tools.results import MetricResult

WEEK = {"start": "2026-09-21", "end": "2026-09-27"}


def test_every_published_tool_is_offered(started: Talk, boss_zh: Talk):
    offered = started.tools()
    assert {"ask", "search", "list_metrics"} == set(offered) - {tool.name for tool in TOOLS}
    for tool in TOOLS:
        shown = offered[tool.name]
        assert tool.title.zh in shown.title
        assert tool.title.en in shown.title
        assert tool.summary.zh in shown.description
        assert tool.summary.en in shown.description
        assert set(shown.input_schema["properties"]) == {*tool.arguments.model_fields, "language", "picture"}
        assert shown.annotations.read_only_hint
        assert not shown.annotations.destructive_hint
    assert set(boss_zh.tools()) == set(offered)


def test_a_measurement_in_english(started: Talk):
    # The demonstration's own figure: 1,199 sign-ups in that week, 465 of them active the day after: 38.8 %.
    result = started.call("measure_metric", metric="d1_retention", breakdown="channel", **WEEK)
    assert not result.is_error
    assert set(MetricResult.__slots__) == set(result.structured_content)
    assert result.structured_content["figures"][0]["text"] == "38.8%"
    text = text_of(result)
    assert text.startswith("## day-1 retention\n\n- day-1 retention: 38.8% (n=1,199, 95% interval 36.")
    assert "| Douyin | 24.4% | 381 |" in text
    assert "Definition: metric: day-1 retention; period: 2026-09-21 to 2026-09-27" in text


def test_a_measurement_in_chinese(started: Talk, boss_zh: Talk):
    asked = started.call("measure_metric", metric="d1_retention", language="zh", picture=False, **WEEK)
    read = boss_zh.call("measure_metric", metric="d1_retention", picture=False, **WEEK)
    assert asked.structured_content == read.structured_content
    assert text_of(asked) == text_of(read)
    assert "- 次日留存率：38.8%（n=1,199，95% 区间 36." in text_of(read)
    assert "口径：指标：次日留存率；" in text_of(read)


def test_a_chart_is_a_picture_for_people(started: Talk):
    told = {"steps": ["view", "order_create"], **WEEK}
    result = started.call("measure_funnel", **told)
    [_, image] = result.content
    assert image.mime_type == "image/png"
    assert image.annotations.audience == ["user"]
    assert base64.b64decode(image.data).startswith(b"\x89PNG")
    assert len(started.call("measure_funnel", picture=False, **told).content) == 1


def test_the_names_that_arguments_take(started: Talk, boss_zh: Talk):
    english, chinese = started.call("list_metrics"), boss_zh.call("list_metrics")
    for expected in (
        "### Events",
        "- `order_create`: 下单 / order placed",
        "douyin (Douyin)",
        "- `win_back`",
    ):
        assert expected in text_of(english)
    for expected in ("### 事件", "- `d1_retention`: 次日留存率 / day-1 retention", "douyin (抖音)"):
        assert expected in text_of(chinese)
    assert english.structured_content["today"] == "2026-09-28"


def test_an_answer_with_its_sources(started: Talk):
    # English client, Chinese question: the words win.
    result = started.call("ask", question="什么是 KOC？")
    answer = result.structured_content
    assert answer["language"] == "zh"
    [citation] = [c for c in answer["citations"] if c["marker"] == "1"][:1]
    assert f"yunce://chunks/{citation['chunk_id']}" in text_of(result)
    passage = started.read(f"yunce://chunks/{citation['chunk_id']}")
    assert citation["quote"] in passage
    follow = started.call(
        "ask", question="What is a KOC?", conversation_id=answer["conversation_id"], language="en"
    )
    assert follow.structured_content["language"] == "en"
    assert follow.structured_content["conversation_id"] == answer["conversation_id"]


def test_an_answer_with_its_figures(boss_zh: Talk):
    result = boss_zh.call("ask", question="What was day-1 retention last week?")
    assert result.structured_content["language"] == "en"
    assert "**38.8%**" in text_of(result)
    assert "### Figures and definitions\n[E1] day-1 retention" in text_of(result)


def test_passages_lead_to_their_documents(started: Talk):
    result = started.call("search", query="win back dormant users", limit=3)
    hits = result.structured_content["results"]
    assert len(hits) == 3
    assert text_of(result).count("<passage ") == 3
    document = started.read(f"yunce://documents/{hits[0]['document_id']}")
    assert hits[0]["text"] in document
    assert document in {started.read(uri) for uri in started.documents().values()}


@pytest.mark.parametrize(
    ("tool", "arguments", "english", "chinese"),
    [
        ("measure_metric", {"metric": "d1_retentio", **WEEK}, "Did you mean: d1_retention", "没有指标 d1_retentio"),
        ("measure_metric", {"metrc": "gmv", **WEEK}, "has no argument metrc", "没有参数 metrc"),
        ("measure_metric", {"metric": "gmv", "start": "soon", "end": "2026-09-27"}, "start cannot be soon", "参数 start 不能是 soon"),
        ("measure_metric", {"metric": "gmv", "end": "2026-09-27"}, "start is missing.", "缺少参数 start。"),
        ("measure_funnel", {"steps": "view", **WEEK}, "steps cannot be view", "参数 steps 不能是 view"),
        ("measure_metric", {"metric": "gmv\0", **WEEK}, "metric holds U+0000", "metric 含有 U+0000"),
        ("measure_metric", {"metric": "gmv", "language": "fr", **WEEK}, "language cannot be fr", "参数 language 不能是 fr"),
        ("list_metrics", {"metric": "gmv"}, "has no argument metric", "没有参数 metric"),
        ("ask", {"question": " "}, "The question is empty.", "问题是空的。"),
        ("search", {"query": "", "limit": 0}, "limit cannot be 0", "参数 limit 不能是 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(started: Talk, boss_zh: Talk, tool, arguments, english, chinese):
    assert english in started.refused(tool, **arguments)
    assert chinese in boss_zh.refused(tool, **arguments)


def test_null_is_what_was_left_out(started: Talk):
    result = started.call("measure_metric", metric="gmv", filters=None, interval=None, picture=False, **WEEK)
    assert not result.is_error


def test_what_does_not_exist(started: Talk, boss_zh: Talk):
    with pytest.raises(MCPError, match="There is no tool measure_metrics"):
        started.call("measure_metrics")
    with pytest.raises(MCPError, match="没有工具 measure_metrics"):
        boss_zh.call("measure_metrics")
    for talk, words in ((started, "There is no document"), (boss_zh, "没有文档")):
        with pytest.raises(MCPError, match=words):
            talk.read("yunce://documents/d_0000000000000000")
    with pytest.raises(MCPError, match="There is nothing at file:///etc/passwd"):
        started.read("file:///etc/passwd")
