"""metrics.yaml is read strictly: each refusal names its line and the nearest right word, in both languages."""

from pathlib import Path

import pytest

from tools.errors import SemanticsError
from tools.metric_kinds import RetentionMetric
from tools.semantics import load_semantics

GOOD = """\
timezone: Asia/Shanghai
sources:
  events:
    path: data/events.parquet
    user: user_id
    time: ts
    event: event
events:
  signup: {names: {zh: 注册, en: sign-up}}
  active: {any_of: [visit, view]}
dimensions:
  channel: {column: channel, values: {1: {names: {zh: 抖音}}}}
metrics:
  d1:
    kind: retention
    cohort_event: signup
    at: 1
targets:
  - {metric: d1, value: 0.4, by: 2026-12-31}
"""


def test_defaults_follow_from_a_short_file():
    semantics = load_semantics("sources: {p: {path: a.csv, user: u, time: t, event_name: purchase}}")
    assert semantics.timezone == "UTC"
    assert semantics.week_start == "monday"
    assert semantics.default_event is None
    assert semantics.default_cohort_event is None


def test_a_full_file_is_understood():
    semantics = load_semantics(GOOD)
    assert isinstance(semantics.metrics["d1"], RetentionMetric)
    assert semantics.default_event == "active"
    assert semantics.default_cohort_event == "signup"
    assert semantics.value_text("channel", "1").en == "抖音"
    assert semantics.event_text("signup").zh == "注册"
    assert semantics.event_text(None).en == "any event"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "suggestion"),
    [
        ("timezon: Asia/Shanghai", "timezone: Asia/Shanghai", 1, "timezone"),
        ("    usr: user_id", "    user: user_id", 5, "user"),
        ("{cn: 注册", "{zh: 注册", 9, "en"),
        ("{colum: channel", "{column: channel", 12, "column"),
        ("    kind: retension", "    kind: retention", 14, "retention"),
        ("    cohort_evnt: signup", "    cohort_event: signup", 16, "cohort_event"),
        ("    cohort_event: singup", "    cohort_event: signup", 16, "signup"),
        ("{metric: d2", "{metric: d1", 19, "d1"),
        ("{column: channel, source: evnts", "{column: channel", 12, "events"),
        ("    at: 1\n    mode: off", "    at: 1", 18, "on"),
    ],
)
def test_a_typo_names_its_line_and_the_nearest_word(wrong, right, line, suggestion):
    assert right in GOOD
    with pytest.raises(SemanticsError) as caught:
        load_semantics(GOOD.replace(right, wrong, 1))
    assert f"line {line}" in caught.value.en
    assert f"第 {line} 行" in caught.value.zh
    assert suggestion in caught.value.en.split("Did you mean:")[1]
    assert suggestion in caught.value.zh


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("Asia/Shanghai", "Asia/Shangai", "Asia/Shanghai or UTC"),
        ("    time: ts\n", "", "field required"),
        (
            "    path: data/events.parquet",
            "    path: a\n    frame: b",
            "give one of path, frame and database",
        ),
        ("    at: 1", "    at: soon", "number from 0 to 1000"),
        ("    at: 1", "    at: 1\n    at: 2", "duplicate key"),
        ("events:\n  signup", "events\n  signup", "not valid YAML"),
    ],
)
def test_other_mistakes_are_sentences_with_a_line(right, wrong, said):
    with pytest.raises(SemanticsError, match=r"line \d+") as caught:
        load_semantics(GOOD.replace(right, wrong, 1))
    assert said in caught.value.en
    assert "metrics.yaml" in caught.value.zh


@pytest.mark.parametrize("text", ["", "- 1", "42", "\x00", "sources: {}"])
def test_what_is_not_a_mapping_is_refused(text):
    with pytest.raises(SemanticsError):
        load_semantics(text)


def test_a_missing_file_is_said(tmp_path: Path):
    with pytest.raises(SemanticsError, match="Cannot read"):
        load_semantics(tmp_path / "metrics.yaml")


def test_a_bare_number_is_no_day():
    with pytest.raises(SemanticsError, match="give a day such as 2026-03-01"):
        load_semantics(GOOD.replace("by: 2026-12-31", "by: 20261231"))


def test_hidden_sources_take_their_metrics_along():
    text = """
sources:
  open: {path: a.csv, user: u, time: t, event_name: visit}
  closed: {path: b.csv, user: u, time: t, event_name: order, teams: [finance]}
metrics:
  orders: {kind: event_count, event: order, source: closed}
  visits: {kind: event_count, event: visit}
targets: [{metric: orders, value: 1}]
"""
    semantics = load_semantics(text)
    assert semantics.visible_to(None) is semantics
    assert semantics.visible_to(frozenset({"finance"})) is semantics
    seen = semantics.visible_to(frozenset({"growth"}))
    assert list(seen.sources) == ["open"]
    assert list(seen.metrics) == ["visits"]
    assert seen.targets == ()


@pytest.mark.parametrize(
    ("second", "called"),
    [
        ("names: {en: Daily  Users}", "Daily  Users"),
        ("names: {zh: 日活}", "日活"),
        ("names: {en: DAU}", "DAU"),
    ],
)
def test_metrics_that_are_called_alike_are_refused(second: str, called: str):
    kind = "kind: active_users"
    text = (
        "sources: {p: {path: a.csv, user: u, time: t, event_name: purchase}}\n"
        "metrics:\n"
        f"  dau: {{{kind}, names: {{zh: 日活, en: daily users}}}}\n"
        f"  web: {{{kind}, {second}}}\n"
    )
    with pytest.raises(SemanticsError, match="line 4: the metrics dau and web are both called") as refused:
        load_semantics(text)
    assert f"指标 dau 与 web 都叫“{called}”" in refused.value.zh
    assert load_semantics(text.replace(second, "names: {en: web users}")).metrics.keys() == {"dau", "web"}
