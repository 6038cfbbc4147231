"""The same questions put to two engines: what each should answer alike."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from tools import Metrics

Row = tuple[str | None, int | None, str, datetime | None, str | None, float]

Case = tuple[str, dict[str, Any]]
YAML = """
timezone: America/New_York
sources:
  events: {source}
dimensions: {{channel: {{column: channel}}}}
segments:
  spender: {{rule: {{sum: amount, event: order, days: 14, at_least: 40}}, as_of: end}}
  lapsing:
    rule:
      any:
        - {{last_seen: visit, at_least: 2, at_most: 9}}
        - all: [{{count: order, days: 7, at_most: 0}}, {{dimension: channel, values: [app], touch: last}}]
        - not: {{any: [{{segment: spender}}, {{first_seen: visit, at_most: 12}}]}}
metrics:
  d1: {{kind: retention, cohort_event: visit}}
  buy: {{kind: conversion, steps: [visit, order], window: 3d}}
  spent: {{kind: event_sum, event: order, property: amount}}
  basket: {{kind: ratio, numerator: {{event: order, property: amount}}, denominator: {{event: order}}}}
  orders: {{kind: event_count, event: order}}
  buyers: {{kind: unique_users, event: order}}
"""
PERIOD = {"start": "2026-10-25", "end": "2026-11-07"}  # over the end of summer time
CASES: list[Case] = [
    ("measure_active_users", {}),
    ("measure_active_users", {"interval": "week", "filters": {"channel": ["app"]}}),
    ("measure_growth_accounting", {"interval": "day"}),
    ("measure_retention", {"periods": [0, 1, 3]}),
    ("measure_retention", {"periods": [1, 2], "clock": "24h", "cohort": "recurring", "breakdown": "channel"}),
    ("measure_retention", {"periods": [1], "mode": "on_or_after"}),
    ("measure_funnel", {"steps": ["visit", "order"]}),
    ("measure_funnel", {"steps": ["visit", "order", "order"], "entry": "any", "window": "12h"}),
    ("measure_funnel", {"steps": ["visit", "order"], "order": "strict", "breakdown": "channel"}),
    ("measure_paths", {"event": "visit", "min_users": 1, "session_gap": "1d"}),
    ("measure_metric", {"metric": "spent", "breakdown": "channel"}),
    ("measure_metric", {"metric": "buy", "interval": "day"}),
    ("check_data", {"start": "1900-01-01", "end": "2200-01-01"}),
    *(
        (
            "explain_change",
            {"metric": m, "start": "2026-11-01", "compare_start": "2026-10-25", "compare_end": "2026-10-31"},
        )
        for m in ("d1", "spent", "basket", "orders", "buyers")
    ),
]

# What how people use the product adds; one shape of source is enough for it.
USAGE_CASES: list[Case] = [
    (
        "measure_retention",
        {"periods": [1, "2-5"], "return_event": "order", "value_property": "amount", "breakdown": "channel"},
    ),
    (
        "measure_retention",
        {"periods": [1, 3], "mode": "on_or_after", "min_occurrences": 2, "value_property": "amount"},
    ),
    ("measure_retention", {"cohort": "first_ever", "filters": {"channel": ["app"]}, "mean": "simple"}),
    ("measure_growth_accounting", {"interval": "week", "breakdown": "channel"}),
    ("measure_active_users", {"interval": "week", "window": "rolling"}),
    ("measure_activity_hours", {}),
    ("measure_feature_adoption", {"events": ["order", "view"], "event": "visit"}),
    ("measure_power_users", {"window_days": 7}),
    (
        "measure_referral",
        {"invite_event": "view", "accept_event": "order", "link": "channel", "window": "2d"},
    ),
    ("measure_referral", {"invite_event": "view", "accept_event": "order"}),
    ("measure_rfm", {"event": "order", "property": "amount"}),
    ("measure_rfm", {"naming": "eight", "recency_cuts": [1, 2, 4, 8], "filters": {"channel": ["web"]}}),
    ("measure_lifecycle", {"new_days": 3, "active_days": 2, "dormant_days": 5}),
    ("measure_value_tiers", {"event": "order", "property": "amount", "pareto": 0.5}),
    ("measure_value_tiers", {"cuts": [12, 8]}),
    ("measure_repeat_purchases", {"window_days": 3, "breakdown": "channel"}),
    ("measure_repeat_purchases", {"once_per": "event", "filters": {"channel": ["web"]}}),
    ("measure_revenue", {"interval": "week"}),
    ("measure_revenue", {"breakdown": "channel"}),
    ("measure_lifetime_value", {"start": "2026-10-20", "breakdown": "channel", "horizon_days": 10}),
    ("measure_segment", {"segment": "lapsing"}),
    (
        "measure_segment",
        {"rule": {"dimension": "channel", "values": ["web"], "touch": "first", "event": "view"}},
    ),
    ("describe_segment", {"segment": "spender"}),
    ("measure_active_users", {"breakdown": "spender", "filters": {"segment": ["lapsing"]}}),
    ("measure_retention", {"periods": [1, 2], "breakdown": "lapsing"}),
    ("measure_funnel", {"steps": ["visit", "order"], "filters": {"segment": ["spender", "lapsing"]}}),
]

# What deciding adds.
DECISION_CASES: list[Case] = [
    (
        "analyze_experiment",
        {"exposure_event": "view", "arm": "channel", "control": "app", "metric": "buyers"},
    ),
    (
        "analyze_experiment",
        {
            "exposure_event": "view",
            "arm": "channel",
            "control": "app",
            "metric": "spent",
            "covariate_days": 3,
            "follow_days": 2,
        },
    ),
    ("design_experiment", {"metric": "buy", "relative_effect": 0.2}),
    ("measure_impact", {"metric": "orders", "treated": {"channel": ["web"]}, "before_days": 7}),
    ("detect_anomalies", {"metric": "orders"}),
    ("forecast_metric", {"metric": "buyers"}),
    ("check_goal", {"metric": "buy", "target": 0.9, "by": "2026-12-01"}),
    ("measure_time_to_churn", {"silence_days": 3}),
    ("list_win_back", {"silence_days": 3}),
]
# Feedback, spending, budgets, demands and notes on competitors are tables of their own, and early warning needs more than these three weeks.
NOT_ASKED = {
    "compare_features",
    "list_market_changes",
    "analyze_feedback",
    "measure_sentiment",
    "watch_opinion",
    "measure_channel_returns",
    "track_budget",
    "simulate_reallocation",
    "predict_churn",
    "rank_demands",
}


def make_rows() -> list[Row]:
    """Make three weeks of events (name, number, event, at, channel, amount), some without a user or a time."""
    chance = random.Random(4)
    rows: list[Row] = []
    for _ in range(3000):
        person = chance.randrange(150)
        second = chance.randrange(21 * 86_400)
        at = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(
            seconds=second, microseconds=chance.randrange(10**6)
        )
        event = chance.choices(["visit", "order", "view"], [5, 1, 3])[0]
        channel = ["web", "app", None][person % 3]
        rows.append((f"u{person}", person, event, at, channel, float(chance.randrange(100))))
    midnight = datetime(2026, 10, 25, tzinfo=UTC)
    rows += [
        ("u9", 9, "visit", midnight + timedelta(hours=h, microseconds=-1), "web", 1.0) for h in range(24)
    ]
    rows += [(None, None, "visit", rows[0][3], "web", 1.0), ("u1", 1, "visit", None, "web", 1.0)]
    return rows


def make_frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "number", "event", "at", "channel", "amount"])


def open_metrics(folder: Path, source: str, **given: Any) -> Metrics:
    path = folder / "metrics.yaml"
    path.write_text(YAML.format(source=source), encoding="utf-8")
    return Metrics.open(path, **given)


def compare(there: Metrics, here: Metrics, cases: list[Case] = CASES) -> None:
    """Ask both everything, and make sure that figures, tables and warnings are the same.

    Of an experiment the engines themselves work out variances, in orders of their own: last digits may differ.
    """
    for tool, arguments in cases:
        asked = {**PERIOD, **arguments}
        one, other = (metrics.run(tool, asked, teams=None) for metrics in (there, here))
        figures = [[f.to_dict("en") for f in result.figures] for result in (one, other)]
        if tool == "analyze_experiment":
            left, right = map(pd.json_normalize, figures)
            pd.testing.assert_frame_equal(left, right, check_dtype=False, rtol=1e-9)
        else:
            assert figures[0] == figures[1], (tool, asked)
        pd.testing.assert_frame_equal(one.table, other.table, check_dtype=False, rtol=1e-9)
        assert one.warnings == other.warnings
        assert one.data_as_of == other.data_as_of
