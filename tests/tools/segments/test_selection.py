"""A saved segment as a filter and as a dimension, in every tool."""

import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools import MetricError, Metrics
from tools.errors import InvalidArgument, NoData
from tools.segments.saving import save_segment

# Buyers before June: 1 and 2. In June 1, 2, 3 and 4 visit; 3 buys in June, 4 is new.
ROWS = [
    (1, "buy", "2026-05-10", "web"),
    (2, "buy", "2026-05-20", "app"),
    (3, "visit", "2026-05-20", "app"),
    (1, "visit", "2026-06-01", "web"),
    (2, "visit", "2026-06-02", "app"),
    (3, "buy", "2026-06-02", "app"),
    (4, "visit", "2026-06-03", "web"),
    (1, "visit", "2026-06-10", "web"),
]
EXTRA = """
dimensions: {channel: {column: channel}}
metrics:
  events: {kind: event_count}
segments:
  buyers: {rule: {count: buy, at_least: 1}, names: {zh: 买家, en: buyers}}
  buyers_at_end: {rule: {count: buy, at_least: 1}, as_of: end}
  others: {rule: {not: {segment: buyers}}}
  nobody: {rule: {count: buy, at_least: 99}}
"""
JUNE = {"start": "2026-06-01", "end": "2026-06-30"}


def users(result) -> int:
    return int(result.table["users"].iloc[0])


def test_a_segment_filters_any_tool_by_what_was_known_before(open_workspace: Opener):
    workspace = open_workspace(ROWS, extra=EXTRA)

    def entered(**filters) -> int:
        return users(workspace.run("measure_funnel", steps=["visit"] * 2, filters=filters, **JUNE))

    # Visitors of June: 1, 2, 4. Buyers by 31 May: 1 and 2; at the end of June 3 as well, who does not visit.
    assert entered() == 3
    assert entered(segment=["buyers"]) == 2
    assert entered(segment="buyers_at_end") == 2
    assert entered(segment=["others"]) == 1
    assert entered(segment=["buyers", "others"]) == 3
    assert entered(segment=["buyers"], channel=["web"]) == 1
    # Events of June: 1 has two, 2 one, 3 one (a buy), 4 one. At the end 3 is a buyer too.
    events = {
        name: workspace.values("measure_metric", metric="events", filters={"segment": [name]}, **JUNE)[
            "events"
        ]
        for name in ("buyers", "buyers_at_end", "others")
    }
    assert events == {"buyers": 3, "buyers_at_end": 4, "others": 2}


def test_a_segment_is_a_dimension_of_yes_and_no(open_workspace: Opener):
    workspace = open_workspace(ROWS, extra=EXTRA)
    result = workspace.run("measure_metric", metric="events", breakdown="buyers", **JUNE)
    assert dict(zip(result.table["segment"], result.table["value"], strict=True)) == {"yes": 3, "no": 2}
    assert any(f.label.zh == "买家 = 是：events" for f in result.figures)
    kept = workspace.values("measure_metric", metric="events", filters={"buyers": ["no"]}, **JUNE)
    assert kept["events"] == 2


def test_membership_is_decided_before_the_earlier_of_two_periods(open_workspace: Opener):
    workspace = open_workspace(ROWS, extra=EXTRA)
    compare = {"compare_start": "2026-05-15", "compare_end": "2026-05-31"}
    arguments = {"metric": "events", "filters": {"segment": ["buyers"]}, **JUNE}
    # Before 15 May only 1 had bought: two events in June, none from 15 to 31 May.
    values = workspace.values("measure_metric", **arguments, **compare)
    assert (values["events"], values["events_before"]) == (2, 0)
    assert workspace.values("measure_metric", **arguments)["events"] == 3


def test_the_card_and_the_arguments_say_what_was_chosen(open_workspace: Opener):
    workspace = open_workspace(ROWS, extra=EXTRA)
    result = workspace.run("measure_metric", metric="events", filters={"segment": ["buyers"]}, **JUNE)
    line = next(i.value for i in result.definition if i.label.en == "segment")
    assert "buyers: decided by the rule as of 2026-05-31 (before the period)" in line.en
    assert "买家：按截至 2026-05-31 的规则判定（时段开始前）" in line.zh
    assert result.arguments["filters"] == {"segment": ["buyers"]}
    again = workspace.run("measure_metric", **result.arguments)
    assert again.to_dict("zh") == result.to_dict("zh")


def test_mistakes_are_sentences(open_workspace: Opener):
    workspace = open_workspace(ROWS, extra=EXTRA)
    for filters, error, said in (
        ({"segment": ["buyer"]}, InvalidArgument, "buyers"),
        ({"buyers": ["maybe"]}, InvalidArgument, "yes"),
        ({"segment": ["nobody"]}, NoData, "Nobody is in segment nobody as of 2026-05-31"),
    ):
        with pytest.raises(error) as caught:
            workspace.run("measure_active_users", filters=filters, **JUNE)
        assert said in caught.value.en
        assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.zh)
    plain = open_workspace(ROWS)
    with pytest.raises(InvalidArgument) as caught:
        plain.run("measure_active_users", filters={"segment": ["buyers"]}, **JUNE)
    assert "declares no segments" in caught.value.en


def test_a_dimension_called_segment_still_is_one(open_workspace: Opener):
    workspace = open_workspace(ROWS, extra="dimensions: {segment: {column: channel}}")
    kept = workspace.run("measure_active_users", filters={"segment": ["web"]}, interval="month", **JUNE)
    assert kept.table["active_users"].tolist() == [2]


def test_a_segment_over_a_hidden_source_does_not_exist(open_workspace: Opener, tmp_path):
    events = pd.DataFrame({"user": ["1"], "at": pd.to_datetime(["2026-06-01"]), "event": ["visit"]})
    path = tmp_path / "two.yaml"
    path.write_text(
        """
sources:
  open: {frame: events, user: user, time: at, event: event}
  pay: {frame: events, user: user, time: at, event_name: paid, teams: [finance]}
events: {visit: {}, paid: {source: pay}}
segments:
  payers: {source: pay, rule: {count: paid, at_least: 1}}
  named: {rule: {count: paid, at_least: 1}}
  through: {rule: {not: {segment: named}}}
  visitors: {source: open, rule: {count: visit, at_least: 1}}
""",
        encoding="utf-8",
    )
    metrics = Metrics.open(path, frames={"events": events})
    growth = frozenset({"growth"})
    assert set(metrics.semantics.visible_to(growth).segments) == {"visitors"}
    sentences = []
    for name in ("payers", "absent"):
        with pytest.raises(MetricError) as caught:
            metrics.run("measure_segment", {"segment": name, **JUNE}, teams=growth)
        sentences.append((caught.value.en.replace(name, "*"), caught.value.zh.replace(name, "*")))
    assert sentences[0] == sentences[1]
    # The owner's question about it goes to its own source, and no other.
    assert metrics.run("measure_segment", {"segment": "payers", **JUNE}, teams=None).source == "pay"
    with pytest.raises(InvalidArgument) as caught:
        metrics.run("measure_segment", {"segment": "payers", "source": "open", **JUNE}, teams=None)
    assert "belongs to source pay" in caught.value.en
    metrics.close()


def test_saving_keeps_comments_and_refuses_what_is_wrong(tmp_path):
    path = tmp_path / "metrics.yaml"
    text = "# ours\nsources:\n  e: {path: x.csv, user: u, time: t, event: 'e'}  # the app\n"
    path.write_text(text, encoding="utf-8")
    rule = {"all": [{"count": "buy", "at_least": 3}]}
    saved = save_segment(path, "loyal", {"names": {"zh": "忠诚"}, "rule": rule})
    assert saved.segment_text("loyal").en == "忠诚"
    written = path.read_text(encoding="utf-8")
    assert written.startswith(text)
    with pytest.raises(MetricError, match="needs at_least"):
        save_segment(path, "wrong", {"rule": {"count": "buy"}})
    assert path.read_text(encoding="utf-8") == written
    save_segment(path, "loyal", {"rule": {"count": "buy", "at_least": 5}})
    assert "忠诚" not in path.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["metrics.yaml"]
