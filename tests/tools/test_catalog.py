"""Arguments, names and visibility: a clear sentence for each mistake, the same for what one may not see."""

import json
import subprocess
import sys

import pytest

import tools
from tests.tools.conftest import Opener
from tools.errors import InvalidArgument, InvalidPeriod, MetricError, NoData, UnknownMetric, UnknownTool

ROWS = [
    (1, "signup", "2026-03-01", "douyin"),
    (1, "visit", "2026-03-02", "douyin"),
    (2, "visit", "2026-03-31", "ios"),
]
EXTRA = """
dimensions: {channel: {column: channel}}
metrics:
  d1_retention: {kind: retention, cohort_event: signup, return_event: visit}
"""
MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture
def workspace(open_workspace: Opener):
    return open_workspace(ROWS, extra=EXTRA)


@pytest.mark.parametrize(
    ("tool", "arguments", "error", "said"),
    [
        ("measure_metrics", {}, UnknownTool, "measure_metric"),
        ("measure_metric", {"metric": "d1_retenton", **MARCH}, UnknownMetric, "d1_retention"),
        ("measure_metric", {"metric": "\ud800", **MARCH}, MetricError, "\\ud800"),
        ("measure_metric", {"metric": "x" * 50_000, **MARCH}, UnknownMetric, "…"),
        (
            "measure_metric",
            {"metric": "d1_retention", "start": "2026-03-01"},
            InvalidArgument,
            "end is missing",
        ),
        ("measure_active_users", {"start": "2026-03-31", "end": "2026-03-01"}, InvalidPeriod, "swap them"),
        (
            "measure_active_users",
            {"start": "2026-02-30", "end": "2026-03-01"},
            InvalidArgument,
            "start cannot be",
        ),
        *(
            ("measure_active_users", {**MARCH, "start": number}, InvalidArgument, "a day such as 2026-03-01")
            for number in (0, "0", 1_772_323_200, 1.5, True, "20260301")
        ),
        (
            "measure_active_users",
            {**MARCH, "end": 20_260_331},
            InvalidArgument,
            "a day such as 2026-03-01",
        ),
        (
            "measure_metric",
            {"metric": "d1_retention", "compare_start": 0, "compare_end": 0, **MARCH},
            InvalidArgument,
            "compare_start cannot be 0",
        ),
        ("measure_active_users", {"start": "0001-01-01", "end": "9999-12-31"}, InvalidPeriod, "1900"),
        (
            "measure_active_users",
            {"start": "2025-01-01", "end": "2025-01-31"},
            NoData,
            "2026-03-01 to 2026-03-31",
        ),
        ("measure_active_users", {**MARCH, "intervall": "day"}, InvalidArgument, "interval"),
        ("measure_active_users", {**MARCH, "interval": "year"}, InvalidArgument, "'day', 'week' or 'month'"),
        ("measure_active_users", {**MARCH, "event": "vist"}, InvalidArgument, "visit"),
        ("measure_active_users", {**MARCH, "breakdown": "chanel"}, InvalidArgument, "channel"),
        ("measure_active_users", {**MARCH, "filters": {"channel": ["douyn"]}}, InvalidArgument, "douyin"),
        ("measure_active_users", {**MARCH, "filters": {"channel'; --": ["x"]}}, InvalidArgument, "channel"),
        ("measure_active_users", {**MARCH, "source": "event"}, InvalidArgument, "events"),
        ("measure_retention", {**MARCH, "periods": []}, InvalidArgument, "periods"),
        ("measure_retention", {**MARCH, "periods": [-1]}, InvalidArgument, "periods"),
        ("measure_funnel", {**MARCH, "steps": ["visit"], "window": "7 days"}, InvalidArgument, "window"),
        (
            "measure_metric",
            {"metric": "d1_retention", "compare_start": "2026-02-01", **MARCH},
            InvalidPeriod,
            "both",
        ),
    ],
)
def test_a_wrong_argument_is_a_sentence_in_both_languages(workspace, tool, arguments, error, said):
    with pytest.raises(error) as caught:
        workspace.metrics.run(tool, arguments, teams=None)
    assert said in caught.value.in_language("en")
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.in_language("zh"))
    caught.value.en.encode()
    caught.value.zh.encode()
    assert len(caught.value.en) < 600


def test_every_error_has_its_own_code():
    def below(kind: type[MetricError]) -> list[type[MetricError]]:
        return [kind, *(k for sub in kind.__subclasses__() for k in below(sub))]

    codes = [k.code for k in below(MetricError)]
    assert len(codes) == len(set(codes))


def test_a_partly_covered_period_is_warned_about(workspace):
    result = workspace.run("measure_active_users", start="2026-03-30", end="2026-04-05")
    assert any("reaches beyond the data" in w.en for w in result.warnings)
    # Dates count from today, and the newest event is of the 31st of March 2026.
    assert any("newest event is of 2026-03-31" in w.en for w in result.warnings)
    covered = workspace.run("measure_active_users", start="2026-03-30", end="2026-03-31")
    assert not any("out of date" in w.en for w in covered.warnings)


def test_tools_are_described_in_both_languages(workspace):
    published = workspace.metrics.tools()
    assert [t.name for t in published] == [
        "measure_metric",
        "measure_active_users",
        "measure_activity_hours",
        "measure_feature_adoption",
        "measure_power_users",
        "measure_growth_accounting",
        "measure_referral",
        "measure_retention",
        "measure_funnel",
        "measure_paths",
        "explain_change",
        "measure_rfm",
        "measure_lifecycle",
        "measure_value_tiers",
        "measure_segment",
        "describe_segment",
        "check_data",
        "analyze_experiment",
        "design_experiment",
        "measure_impact",
        "detect_anomalies",
        "forecast_metric",
        "check_goal",
        "analyze_feedback",
        "measure_sentiment",
        "watch_opinion",
        "measure_lifetime_value",
        "measure_repeat_purchases",
        "measure_revenue",
        "measure_channel_returns",
        "track_budget",
        "simulate_reallocation",
        "predict_churn",
        "measure_time_to_churn",
        "list_win_back",
        "compare_features",
        "list_market_changes",
        "rank_demands",
    ]
    for tool in published:
        assert tool.title.zh != tool.title.en
        assert tool.examples
        schema = tool.arguments.model_json_schema()
        assert all("description" in p for p in schema["properties"].values()), tool.name


def test_results_are_json_and_rerun_from_their_arguments(workspace):
    asked = {
        "measure_metric": {"metric": "d1_retention", "breakdown": "channel"},
        "measure_active_users": {"breakdown": "channel"},
        "measure_activity_hours": {},
        "measure_feature_adoption": {"events": ["visit", "signup"]},
        "measure_power_users": {"window_days": 7},
        "measure_growth_accounting": {"breakdown": "channel"},
        "measure_referral": {"invite_event": "visit", "accept_event": "signup", "link": "channel"},
        "measure_retention": {"cohort_event": "signup"},
        "measure_funnel": {"steps": ["signup", "visit"]},
        "explain_change": {
            "metric": "d1_retention",
            "start": "2026-03-02",
            "compare_start": "2026-03-01",
            "compare_end": "2026-03-01",
        },
    }
    for name, arguments in asked.items():
        for language in ("zh", "en"):
            result = workspace.metrics.run(name, {**MARCH, **arguments}, teams=None, language=language)
            text = json.dumps(result.to_dict(language), allow_nan=False, ensure_ascii=False)
            again = workspace.metrics.run(name, result.arguments, teams=None, language=language)
            assert json.dumps(again.to_dict(language), allow_nan=False, ensure_ascii=False) == text
            assert result.chart["title"] == result.title.in_language(language)


def test_what_one_may_not_see_does_not_exist(open_workspace: Opener):
    source = "{frame: events, user: user, time: at, event: event, teams: [finance]}"
    extra = "  open: {frame: events, user: user, time: at, event_name: any}\n" + (
        "metrics: {secret: {kind: event_count, source: events}}"
    )
    metrics = open_workspace(ROWS, source=source, extra=extra).metrics
    asked = {"metric": "secret", **MARCH}
    assert metrics.run("measure_metric", asked, teams=frozenset({"finance"})).figures[0].value == 3
    assert metrics.run("measure_metric", asked, teams=None).source == "events"
    growth = frozenset({"growth"})
    for hidden, absent in (
        (("measure_metric", asked), ("measure_metric", {**asked, "metric": "absent"})),
        (
            ("measure_active_users", {**MARCH, "source": "events"}),
            ("measure_active_users", {**MARCH, "source": "absent"}),
        ),
    ):
        sentences = []
        for name, arguments in (hidden, absent):
            with pytest.raises(InvalidArgument) as caught:
                metrics.run(name, arguments, teams=growth)
            word = arguments.get("source") or arguments["metric"]
            sentences.append(
                (type(caught.value), caught.value.en.replace(word, "*"), caught.value.zh.replace(word, "*"))
            )
        assert sentences[0] == sentences[1]
    assert metrics.run("measure_active_users", MARCH, teams=growth).source == "open"


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, tools; print([m for m in ('pandas', 'ibis', 'duckdb', 'altair') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_the_public_names_are_these():
    assert tools.__all__ == [
        "Coverage",
        "DefinitionItem",
        "Figure",
        "MetricError",
        "MetricResult",
        "MetricTool",
        "Metrics",
        "Semantics",
        "Text",
        "format_value",
        "load_semantics",
    ]
    assert all(getattr(tools, name) for name in tools.__all__)
    with pytest.raises(AttributeError):
        tools.absent  # noqa: B018


def test_what_would_be_right_is_a_list_of_either_language(workspace):
    with pytest.raises(InvalidArgument, match="'week' or 'month'") as caught:
        workspace.run("measure_revenue", interval="year", **MARCH)
    assert "应为 day、week 或 month" in caught.value.zh
    with pytest.raises(InvalidArgument, match="greater than 0") as caught:
        workspace.run("measure_channel_returns", margin=0, **MARCH)
    assert "须大于 0）" in caught.value.zh
