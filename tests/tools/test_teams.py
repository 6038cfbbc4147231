"""A source of a team does not exist for others: not in answers, nor in errors and the words they suggest."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tools import Metrics
from tools.errors import MetricError

YAML = """
timezone: UTC
sources:
  visits: {frame: visits, user: user, time: at, event: event}
  ledger: {frame: ledger, user: user, time: at, event_name: invoice, teams: [finance]}
events:
  payroll: {source: ledger, names: {en: Payroll run}}
  settled: {any_of: [invoice]}
  seen: {any_of: [visit]}
dimensions:
  channel: {column: channel}
  costcentre: {column: centre, source: ledger, values: {K9: {names: {en: Kennel}}}}
metrics:
  visitors: {kind: unique_users, event: seen}
  turnover: {kind: event_sum, event: invoice, property: amount}
  payrolls: {kind: event_count, event: payroll}
  settlements: {kind: event_count, event: settled}
  margin: {kind: event_sum, source: ledger, property: amount}
  perhead: {kind: ratio, numerator: {event: invoice, property: amount}, denominator: {event: seen, count: users}}
segments:
  invoiced: {rule: {count: invoice, at_least: 1}}
  kennels: {rule: {dimension: costcentre, values: [K9]}}
  unbilled: {rule: {not: {segment: invoiced}}}
  regulars: {rule: {count: seen, at_least: 1}, as_of: end}
targets:
  - {metric: margin, value: 5}
  - {metric: turnover, value: 5}
"""
HIDDEN = (
    "ledger", "payroll", "Payroll", "invoice", "settled", "settlements", "costcentre", "K9", "Kennel", "turnover",
    "payrolls", "margin", "perhead", "invoiced", "kennels", "unbilled", "finance",
)  # fmt: skip
JUNE = {"start": "2026-06-01", "end": "2026-06-30"}
OTHERS = frozenset({"growth"})


@pytest.fixture
def metrics(tmp_path: Path):
    at = pd.date_range("2026-06-01", periods=20)
    visits = pd.DataFrame(
        {"user": [f"u{k}" for k in range(20)], "event": "visit", "at": at, "channel": "web"}
    )
    ledger = pd.DataFrame({"user": [f"u{k}" for k in range(20)], "at": at, "centre": "K9", "amount": 1.0})
    path = tmp_path / "metrics.yaml"
    path.write_text(YAML, encoding="utf-8")
    opened = Metrics.open(path, frames={"visits": visits, "ledger": ledger})
    yield opened
    opened.close()


def told(metrics: Metrics, tool: str, arguments: dict[str, Any]) -> str:
    """Return everything that somebody of another team is told."""
    try:
        result = metrics.run(tool, {**JUNE, **arguments}, teams=OTHERS)
    except MetricError as error:
        return f"{type(error).__name__} {error.en} {error.zh}"
    return json.dumps([result.to_dict(language) for language in ("zh", "en")], ensure_ascii=False)


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("measure_metric", {"metric": "?"}),
    ("measure_metric", {"metric": "visitors", "breakdown": "?"}),
    ("measure_metric", {"metric": "visitors", "source": "?"}),
    ("explain_change", {"metric": "?", "compare_start": "2026-05-01", "compare_end": "2026-05-31"}),
    ("measure_active_users", {"event": "?"}),
    ("measure_active_users", {"filters": {"?": ["K"]}}),
    ("measure_active_users", {"filters": {"channel": ["?"]}}),
    ("measure_active_users", {"filters": {"segment": ["?"]}}),
    ("measure_growth_accounting", {"breakdown": "?"}),
    ("measure_activity_hours", {"event": "?"}),
    ("measure_feature_adoption", {"events": ["?"]}),
    ("measure_power_users", {"event": "?"}),
    ("measure_referral", {"invite_event": "?", "accept_event": "seen"}),
    ("measure_retention", {"cohort_event": "?"}),
    ("measure_retention", {"value_property": "?"}),
    ("measure_funnel", {"steps": ["seen", "?"]}),
    ("measure_paths", {"event": "?"}),
    ("measure_rfm", {"event": "?"}),
    ("measure_lifecycle", {"event": "?"}),
    ("measure_value_tiers", {"property": "?"}),
    ("measure_segment", {"segment": "?"}),
    ("describe_segment", {"segment": "?"}),
    ("check_data", {"source": "?"}),
    ("measure_lifetime_value", {"event": "?"}),
    ("measure_repeat_purchases", {"event": "?"}),
    ("measure_repeat_purchases", {"event": "seen", "breakdown": "?"}),
    ("measure_revenue", {"event": "seen", "property": "?"}),
    ("measure_channel_returns", {"spend": "?"}),
    ("track_budget", {"budget": "?"}),
    ("simulate_reallocation", {"take_from": "?"}),
]


@pytest.mark.parametrize(("tool", "arguments"), ASKED, ids=lambda a: a if isinstance(a, str) else "")
def test_what_is_hidden_is_answered_like_what_is_not_there(metrics: Metrics, tool: str, arguments: dict):
    nowhere = "zzzzzz"
    reference = told(metrics, tool, json.loads(json.dumps(arguments).replace("?", nowhere)))
    assert not [word for word in HIDDEN if word in reference]
    for word in HIDDEN:
        answer = told(metrics, tool, json.loads(json.dumps(arguments).replace("?", word)))
        # "Did you mean" lists what is nearest, all of it visible; nothing else may differ.
        others = [w for w in HIDDEN if w in answer.replace(word, "")]
        assert not others, answer
        assert answer.split()[0] == reference.split()[0], answer


def test_nothing_of_it_is_listed_for_others(metrics: Metrics):
    seen = metrics.semantics.visible_to(OTHERS).model_dump_json()
    assert not [word for word in HIDDEN if word in seen]
    assert "visitors" in seen
    assert "regulars" in seen
    mine = metrics.semantics.visible_to(frozenset({"finance"})).model_dump_json()
    assert [word for word in HIDDEN if word in mine] == list(HIDDEN)
    asked = {"metric": "turnover", **JUNE}
    assert metrics.run("measure_metric", asked, teams=frozenset({"finance"})).figures[0].value == 20
