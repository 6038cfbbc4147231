"""What one answer tells of small groups, sought by somebody who solves all its equations."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.tools.attacker import Attacker, partly_shown
from tools import Metrics
from tools.arguments import parse_arguments
from tools.errors import TooFewUsers
from tools.results import MetricResult
from tools.scope import Scope
from tools.segments.selection import select_segments

LEAST = 4
SOURCE = f"{{frame: events, user: user, time: at, event: event, min_group: {LEAST}}}"
EXTRA = """
dimensions: {channel: {column: channel}, platform: {column: platform}}
metrics:
  dau: {kind: active_users}
  orders: {kind: event_count, event: order}
  gmv: {kind: event_sum, event: order, property: amount}
  conv: {kind: conversion, steps: [visit, order], window: 2d}
  d1: {kind: retention, cohort_event: visit, return_event: visit, at: 1}
segments:
  buyers: {rule: {count: order, at_least: 1}, as_of: end}
"""
PERIOD = {"start": "2026-06-04", "end": "2026-06-09"}
BEFORE = {"compare_start": "2026-06-01", "compare_end": "2026-06-03"}


def make_world(seed: int) -> pd.DataFrame:
    """Let 30 to 60 people come by on some of nine days, put something in the cart and order."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(int(rng.integers(30, 60))):
        channel = rng.choice(["web", "app", "tv", "ad"], p=[0.4, 0.3, 0.2, 0.1])
        platform = rng.choice(["ios", "android"])
        first, often = int(rng.choice([1, 1, 4, 5, 7])), rng.uniform(0.2, 0.9)
        for day in range(first, 10):
            if day > first and rng.random() > often:
                continue
            at = pd.Timestamp(f"2026-06-{day:02}") + pd.Timedelta(hours=int(rng.integers(0, 22)))
            rows.append((f"u{user}", "visit", at, channel, platform, 0.0))
            if rng.random() < 0.6:
                rows.append((f"u{user}", "cart", at + pd.Timedelta(minutes=5), channel, platform, 0.0))
                if rng.random() < 0.6:
                    paid = float(rng.integers(1, 50))
                    rows.append((f"u{user}", "order", at + pd.Timedelta(minutes=9), channel, platform, paid))
    return pd.DataFrame(rows, columns=["user", "event", "at", "channel", "platform", "amount"])


class Answer:
    """What a tool shows, and what it would if it showed everything."""

    def __init__(self, metrics: Metrics, tool: str, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.shown = metrics.run(tool, arguments, teams=None)
        published = next(t for t in metrics.tools() if t.name == tool)
        parsed = parse_arguments(tool, published.arguments, arguments)
        source = metrics._sources.get("events")
        scope, parsed = select_segments(Scope(metrics.semantics, source, metrics._calendar, "en"), parsed)
        self.truth: MetricResult = published.measure(scope, parsed)
        self.attacker = Attacker(LEAST)

    @property
    def rows(self) -> list[tuple[int, dict, dict]]:
        """Give each row's place, what it shows and what it would."""
        both = zip(self.shown.table.to_dict("records"), self.truth.table.to_dict("records"), strict=True)
        return [(i, shown, true) for i, (shown, true) in enumerate(both)]

    def figure(self, name: str, segment: str | None = None) -> Any:
        """Return a shown figure; its value is None where there is none."""
        found = [f for f in self.shown.figures if f.name == name and f.segment == segment]
        return found[0] if found else None

    def count(self, name: str, segment: str | None = None) -> float | None:
        """Return the value of a shown figure."""
        found = self.figure(name, segment)
        return None if found is None else found.value

    def people(self, name: str, segment: str | None = None) -> float | None:
        """Return of how many people a shown share tells."""
        found = self.figure(name, segment)
        return None if found is None or None in (found.value, found.n) else found.value * found.n

    def whole(self, name: str, segment: str | None = None) -> float | None:
        """Return the denominator of a shown figure."""
        found = self.figure(name, segment)
        return None if found is None else found.n

    def told_columns(self, *columns: str) -> None:
        """Add each row's counts, and aim at them."""
        for i, shown, true in self.rows:
            for column in columns:
                self.attacker.group((column, i), true[column], shown[column])
                self.attacker.aim({(column, i): 1})

    def add_up(
        self, column: str, value: float | None, keep: Callable[[dict], bool] = lambda row: True
    ) -> None:
        """Add that the rows of a column add up to something told."""
        self.attacker.tell({(column, i): 1 for i, _, true in self.rows if keep(true)}, value)


def by_segment(answer: Answer, column: str, figure: Callable[[str | None], float | None]) -> None:
    """Add the sums of each segment, and of all."""
    name = answer.arguments.get("breakdown")
    if name is None:
        answer.add_up(column, figure(None))
        return
    for value in {true["segment"] for _, _, true in answer.rows}:
        answer.add_up(column, figure(f"{name}={value}"), lambda row, v=value: row["segment"] == v)


def attack_growth(answer: Answer) -> None:
    attacker, states = answer.attacker, ("new", "returning", "resurrected", "dormant")
    answer.told_columns("opening", *states, "active")
    for i, shown, true in answer.rows:
        attacker.tell({("new", i): 1, ("returning", i): 1, ("resurrected", i): 1, ("active", i): -1}, 0)
        attacker.tell({("returning", i): 1, ("dormant", i): 1, ("opening", i): -1}, 0)
        ratio = shown["quick_ratio"]
        if ratio == ratio:
            attacker.tell({("new", i): 1, ("resurrected", i): 1, ("dormant", i): -ratio}, 0)
        for j, _, later in answer.rows:
            if j == i + 1 and later.get("segment") == true.get("segment"):
                attacker.tell({("active", i): 1, ("opening", j): -1}, 0)
    for state in states:
        by_segment(answer, state, lambda segment, s=state: answer.count(s, segment))


def attack_funnel(answer: Answer) -> None:
    attacker = answer.attacker
    answer.told_columns("users")
    for i, shown, true in answer.rows:
        start = i - true["step"] + 1
        if true["step"] > 1:
            attacker.group(("less", i), answer.truth.table["users"][i - 1] - true["users"], shown["lost"])
            attacker.tell({("users", i - 1): 1, ("users", i): -1, ("less", i): -1}, 0)
        for column, base in (("conversion", start), ("step_conversion", max(start, i - 1))):
            if base != i and shown[column] == shown[column]:
                attacker.tell({("users", i): 1, ("users", base): -shown[column]}, 0)
        for before in range(start, i):
            attacker.aim({("users", before): 1, ("users", i): -1})
    segments = [
        None,
        *(f"{answer.arguments.get('breakdown')}={t['segment']}" for _, _, t in answer.rows if "segment" in t),
    ]
    last = max((t["step"] for _, _, t in answer.rows), default=0)
    for name in segments:

        def mine(row: dict, step: int, name: str | None = name) -> bool:
            return row["step"] == step and (name is None or name.endswith(f"={row['segment']}"))

        answer.add_up("users", answer.whole("conversion", name), lambda r, m=mine: m(r, 1))
        answer.add_up("users", answer.people("conversion", name), lambda r, m=mine: m(r, last))
    if len(segments) == 1:
        for step in range(1, last + 1):
            answer.add_up("users", answer.count(f"step_{step}_users"), lambda r, s=step: r["step"] == s)


def attack_trend(answer: Answer) -> None:
    attacker = answer.attacker
    answer.told_columns("entered", "converted")
    for i, shown, _ in answer.rows:
        attacker.aim({("entered", i): 1, ("converted", i): -1})
        if shown["conversion"] == shown["conversion"]:
            attacker.tell({("converted", i): 1, ("entered", i): -shown["conversion"]}, 0)
    answer.add_up("entered", answer.whole("conversion"), lambda r: r["mature"])
    answer.add_up("converted", answer.people("conversion"), lambda r: r["mature"])


def attack_retention(answer: Answer) -> None:
    attacker = answer.attacker
    answer.told_columns("users")
    columns = [c for c in answer.truth.table if str(c).startswith("day_")]
    for i, shown, true in answer.rows:
        for column in columns:
            if true[column] is None or true[column] != true[column]:
                continue
            attacker.group((column, i), round(true[column] * true["users"]))
            attacker.group((column, i, "left"), round((1 - true[column]) * true["users"]))
            attacker.tell({(column, i): 1, (column, i, "left"): 1, ("users", i): -1}, 0)
            attacker.aim({(column, i): 1}, {(column, i, "left"): 1})
            if shown[column] == shown[column]:
                attacker.tell({(column, i): 1, ("users", i): -shown[column]}, 0)
    for column in columns:
        for i, _, _ in answer.rows:
            if (column, i) not in attacker.truth:
                attacker.group((column, i), 0, 0)
        by_segment(answer, column, lambda s, c=column: answer.people(f"retention_{c}", s))
        if answer.arguments.get("mode") == "on_or_after":
            for other in columns[: columns.index(column)]:
                for i, _, true in answer.rows:
                    if true[column] == true[column]:
                        attacker.aim({(other, i): 1, (column, i): -1})


def attack_power(answer: Answer) -> None:
    answer.told_columns("users")
    total = answer.shown.n
    answer.add_up("users", total)
    for i, shown, _ in answer.rows:
        if shown["share"] == shown["share"]:
            answer.attacker.tell({("users", i): 1}, shown["share"] * total)
        if shown["share_at_least"] == shown["share_at_least"]:
            later = {("users", j): 1 for j in range(i, len(answer.rows))}
            answer.attacker.tell(later, shown["share_at_least"] * total)
    answer.add_up(
        "users", answer.count("power_users"), lambda r: r["active_days"] >= answer.arguments["at_least"]
    )
    mean = answer.count("mean_active_days")
    if mean is not None:
        answer.attacker.tell({("users", i): t["active_days"] for i, _, t in answer.rows}, mean * total)


def attack_parts(answer: Answer, column: str = "users") -> None:
    answer.told_columns(column)
    answer.add_up(column, answer.shown.n)
    for i, shown, true in answer.rows:
        if "share" in shown and shown["share"] == shown["share"]:
            answer.attacker.tell({(column, i): 1}, shown["share"] * answer.shown.n)
        name = next(v for v in true.values() if isinstance(v, str))
        for figure in answer.shown.figures:
            named = figure.name == name or (figure.segment or "").endswith(f"={name}")
            if named and figure.unit == "users":
                answer.attacker.tell({(column, i): 1}, figure.value)


def attack_lifecycle(answer: Answer) -> None:
    attack_parts(answer)
    answer.told_columns("users_before")
    moves = [c for c in answer.truth.table if str(c).startswith("from_")]
    answer.told_columns(*moves)
    names = [true["state"] for _, _, true in answer.rows]
    for i, _, _ in answer.rows:
        answer.attacker.tell({("users", i): -1, **{(m, i): 1 for m in moves}}, 0)
    for i, name in enumerate(names):
        inside = {(f"from_{name}", j): 1 for j in range(len(names))}
        answer.attacker.tell({("users_before", i): -1, **inside}, 0)


def attack_segment(answer: Answer) -> None:
    answer.told_columns("users")
    place = {true["move"]: ("users", i) for i, _, true in answer.rows}
    for names, told in (
        (("stayed", "entered"), answer.count("members")),
        (("stayed", "left"), answer.count("members_before")),
        (("entered",), answer.count("entered")),
        (("left",), answer.count("left")),
        (tuple(place), answer.shown.n),
        (("stayed", "entered"), answer.people("share")),
    ):
        answer.attacker.tell({place[n]: 1 for n in names}, told)
    for i, shown, _ in answer.rows:
        if shown["share"] == shown["share"]:
            answer.attacker.tell({("users", i): 1}, shown["share"] * answer.shown.n)


def attack_adoption(answer: Answer) -> None:
    answer.told_columns("users", "new_users", "uses")
    for i, shown, true in answer.rows:
        segment = f"event={true['event']}"
        for told in (shown["adoption"] * answer.shown.n, answer.people("adoption", segment)):
            answer.attacker.tell({("users", i): 1}, told)
        answer.attacker.tell({("new_users", i): 1}, answer.count("new_adopters", segment))
        answer.attacker.group(("none", i), answer.truth.n - true["users"])
        answer.attacker.tell({("none", i): 1, ("users", i): 1}, answer.shown.n)
        for means in (shown["mean_uses"], answer.count("mean_uses", segment)):
            if means is not None and means == means:
                answer.attacker.tell({("uses", i): 1, ("users", i): -means}, 0)
        answer.attacker.aim(
            {("none", i): 1}, {("users", i): 1, ("new_users", i): -1}, {("uses", i): 1, ("users", i): -1}
        )


def attack_shares(answer: Answer) -> None:
    """Attack a share by segment in one period or two."""
    attacker = answer.attacker
    suffixes = [s for s in ("", "_before") if f"n{s}" in answer.truth.table]
    for suffix in suffixes:
        answer.told_columns(f"n{suffix}")
        for i, shown, true in answer.rows:
            value, base = true[f"value{suffix}"], true[f"n{suffix}"]
            attacker.group(("came" + suffix, i), round(value * base) if base else 0)
            attacker.group(("left" + suffix, i), base - attacker.truth["came" + suffix, i])
            attacker.tell({("came" + suffix, i): 1, ("left" + suffix, i): 1, ("n" + suffix, i): -1}, 0)
            told = shown[f"value{suffix}"]
            if told == told:
                attacker.tell({("came" + suffix, i): 1, ("n" + suffix, i): -told}, 0)
            attacker.aim({("came" + suffix, i): 1}, {("left" + suffix, i): 1})
    metric = answer.arguments["metric"]
    for suffix in suffixes:
        answer.add_up("n" + suffix, answer.whole(metric + suffix))
        answer.add_up("came" + suffix, answer.people(metric + suffix))
    for i, shown, true in answer.rows:
        change = shown.get("change")
        if change is not None and change == change:
            attacker.tell({("came", i): 1 / true["n"], ("came_before", i): -1 / true["n_before"]}, change)


def attack_change(answer: Answer) -> None:
    """Attack the people behind a share by segment, before and after; each dimension adds up to all."""
    attacker, metric = answer.attacker, answer.arguments["metric"]
    answer.told_columns("n_before", "n_after")
    for side, name in (("before", f"{metric}_before"), ("after", metric)):
        for i, shown, true in answer.rows:
            attacker.group((side, i), round((true[side] or 0) * true[f"n_{side}"]))
            if shown[side] == shown[side]:
                attacker.tell({(side, i): 1, (f"n_{side}", i): -shown[side]}, 0)
            attacker.aim({(side, i): 1}, {(f"n_{side}", i): 1, (side, i): -1})
        for dimension in {true["dimension"] for _, _, true in answer.rows}:
            answer.add_up(f"n_{side}", answer.whole(name), lambda r, d=dimension: r["dimension"] == d)
            answer.add_up(side, answer.people(name), lambda r, d=dimension: r["dimension"] == d)


def attack_referral(answer: Answer) -> None:
    answer.told_columns("invites", "accepted")
    for i, shown, _ in answer.rows:
        answer.attacker.aim({("invites", i): 1, ("accepted", i): -1})
        if shown["acceptance_rate"] == shown["acceptance_rate"]:
            answer.attacker.tell({("accepted", i): 1, ("invites", i): -shown["acceptance_rate"]}, 0)
    for column in ("invites", "accepted"):
        answer.add_up(column, answer.count(column))


def attack_counts(answer: Answer) -> None:
    """Attack whole numbers, which add up to the figure of all."""
    column = "value" if "metric" in answer.arguments else "active_users"
    answer.told_columns(column)
    if "metric" in answer.arguments:
        answer.add_up(column, answer.count(answer.arguments["metric"]))
        return
    for value in {true["segment"] for _, _, true in answer.rows}:
        rows = [i for i, _, true in answer.rows if true["segment"] == value]
        mean = answer.count("active_users", f"{answer.arguments['breakdown']}={value}")
        answer.attacker.tell({(column, i): 1 / len(rows) for i in rows}, mean)


def attack_hours(answer: Answer) -> None:
    answer.told_columns("events", "users")
    answer.add_up("events", answer.shown.n)
    for i, shown, true in answer.rows:
        for name in ("events", "users"):
            mean = shown[f"mean_{name}"]
            if mean == mean and true["days"] == 1:
                answer.attacker.tell({(name, i): 1}, mean)
        answer.attacker.aim({("events", i): 1, ("users", i): -1})
    mean = answer.count("mean_users")
    if mean is not None and all(true["days"] == 1 for _, _, true in answer.rows):
        answer.add_up("users", mean * answer.whole("mean_users"))


def attack_paths(answer: Answer) -> None:
    answer.told_columns("users", "occurrences")
    total = answer.shown.n
    answer.add_up("occurrences", total, lambda r: r["kind"] == "path")
    for i, shown, _ in answer.rows:
        if shown["share"] == shown["share"]:
            answer.attacker.tell({("occurrences", i): 1}, shown["share"] * total)
    for step in range(1, 3):
        ended = answer.people(f"step_{step}_drop_off")
        answer.add_up("occurrences", ended, lambda r, s=step: r["kind"] == "path" and r["events"] == s)


def attack_repeats(answer: Answer) -> None:
    attack_parts(answer)
    if "repeat_users" not in answer.truth.table:
        again = answer.count("repeat_buyers")
        answer.add_up("users", again, lambda r: r["purchases"] != "1")
        answer.add_up("users", answer.people("repeat_rate"), lambda r: r["purchases"] != "1")
        return
    answer.told_columns("repeat_users")
    answer.add_up("repeat_users", answer.count("repeat_buyers"))
    answer.add_up("repeat_users", answer.people("repeat_rate"))
    for i, shown, _ in answer.rows:
        answer.attacker.aim({("users", i): 1, ("repeat_users", i): -1})
        if shown["repeat_rate"] == shown["repeat_rate"]:
            answer.attacker.tell({("repeat_users", i): 1, ("users", i): -shown["repeat_rate"]}, 0)


def attack_revenue(answer: Answer) -> None:
    answer.told_columns("users", "payers")
    for i, shown, _ in answer.rows:
        answer.attacker.aim({("users", i): 1, ("payers", i): -1})
        if shown["paying_share"] == shown["paying_share"]:
            answer.attacker.tell({("payers", i): 1, ("users", i): -shown["paying_share"]}, 0)
    if answer.arguments.get("breakdown"):
        answer.add_up("users", answer.whole("arpu"))
        answer.add_up("payers", answer.count("payers"))


def attack_lifetime(answer: Answer) -> None:
    attack_parts(answer)
    name = "purchase_days"
    if name in answer.truth.table:
        answer.add_up("users", answer.people("repeat_rate"), lambda r: r[name] != "1")


def attack_persona(answer: Answer) -> None:
    answer.told_columns("segment_users", "rest_users")
    for side, all_ in (("segment", "members"), ("rest", "others")):
        total = answer.count(all_)
        for trait in ("channel", "platform"):
            answer.add_up(
                f"{side}_users", total, lambda r, t=trait: r["kind"] == "dimension" and r["trait"] == t
            )
        true_total = {f.name: f.value for f in answer.truth.figures}[all_]
        for i, shown, true in answer.rows:
            if true["kind"] == "activity" or true["kind"] == "spend":
                continue
            answer.attacker.group((side, i, "left"), true_total - true[f"{side}_users"])
            answer.attacker.tell({(side, i, "left"): 1, (f"{side}_users", i): 1}, total)
            answer.attacker.aim({(side, i, "left"): 1})
            if total is not None and shown[side] == shown[side]:
                answer.attacker.tell({(f"{side}_users", i): 1}, shown[side] * total)


STEPS = {"steps": ["visit", "cart", "order"], "window": "2d"}
RETENTION = {"cohort_event": "visit", "return_event": "visit", "periods": [0, 1, 2, 3]}
ATTACKS: list[tuple[str, dict[str, Any], Callable[[Answer], None]]] = [
    ("measure_metric", {"metric": "conv", "breakdown": "channel", **BEFORE}, attack_shares),
    ("measure_metric", {"metric": "conv", "breakdown": "platform"}, attack_shares),
    ("measure_metric", {"metric": "d1"}, attack_shares),
    ("measure_active_users", {"breakdown": "channel"}, attack_counts),
    ("measure_growth_accounting", {"interval": "day"}, attack_growth),
    ("measure_growth_accounting", {"interval": "day", "breakdown": "platform"}, attack_growth),
    ("measure_activity_hours", {}, attack_hours),
    ("measure_feature_adoption", {"events": ["cart", "order"]}, attack_adoption),
    ("measure_power_users", {"window_days": 9, "at_least": 4}, attack_power),
    ("measure_retention", RETENTION, attack_retention),
    ("measure_retention", {**RETENTION, "breakdown": "channel"}, attack_retention),
    ("measure_retention", {**RETENTION, "mode": "on_or_after"}, attack_retention),
    ("measure_retention", {**RETENTION, "mean": "simple"}, attack_retention),
    ("measure_funnel", STEPS, attack_funnel),
    ("measure_funnel", {**STEPS, "breakdown": "channel"}, attack_funnel),
    ("measure_funnel", {**STEPS, "breakdown": "platform"}, attack_funnel),
    ("measure_funnel", {**STEPS, "view": "trend", "interval": "day"}, attack_trend),
    ("measure_paths", {"event": "visit", "max_steps": 3, "min_users": 1}, attack_paths),
    ("explain_change", {"metric": "conv", **BEFORE}, attack_change),
    ("measure_metric", {"metric": "orders", "breakdown": "channel"}, attack_counts),
    (
        "measure_referral",
        {"invite_event": "cart", "accept_event": "order", "interval": "day"},
        attack_referral,
    ),
    ("measure_rfm", {"event": "order"}, attack_parts),
    ("measure_lifecycle", {"new_days": 3}, attack_lifecycle),
    ("measure_value_tiers", {"property": "amount", "shares": [0.2, 0.5]}, attack_parts),
    ("measure_repeat_purchases", {}, attack_repeats),
    ("measure_repeat_purchases", {"breakdown": "channel"}, attack_repeats),
    ("measure_revenue", {"breakdown": "channel"}, attack_revenue),
    ("measure_revenue", {"interval": "day"}, attack_revenue),
    ("measure_lifetime_value", {"start": "2026-06-01"}, attack_lifetime),
    ("measure_lifetime_value", {"start": "2026-06-01", "breakdown": "channel"}, attack_lifetime),
    ("measure_segment", {"segment": "buyers"}, attack_segment),
    ("describe_segment", {"segment": "buyers", "min_users": 1}, attack_persona),
]


@pytest.fixture(scope="module", params=range(1))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    path = tmp_path_factory.mktemp("world") / "metrics.yaml"
    path.write_text(f"timezone: UTC\nsources:\n  events: {SOURCE}\n{EXTRA}", encoding="utf-8")
    metrics = Metrics.open(path, frames={"events": make_world(request.param)})
    yield metrics
    metrics.close()


@pytest.mark.parametrize("number", range(len(ATTACKS)), ids=lambda n: f"{ATTACKS[n][0]}-{n}")
def test_no_answer_tells_the_size_of_a_small_group(world: Metrics, number: int):
    tool, arguments, attack = ATTACKS[number]
    try:
        answer = Answer(world, tool, {**PERIOD, **arguments})
    except TooFewUsers:
        return
    table, truth = answer.shown.table, answer.truth.table
    if tool != "measure_retention":
        # A row's numbers follow from one another: all are shown, or none.
        apart = {"step", "active_days", "weekday", "hour", "days", "share_at_least"}
        assert not partly_shown(table, truth, apart | {c for c in truth if str(c).startswith("from_")})
    attack(answer)
    assert not answer.attacker.leaks()
    tell_apart(answer)


def tell_apart(answer: Answer) -> None:
    """Make sure that neither chart, text nor an export shows more than table and figures do."""
    numbers = answer.shown.table.select_dtypes("number")
    shown = {round(abs(float(v)), 9) for c in numbers for v in numbers[c].dropna()}
    shown |= {round(abs(float(f.value)), 9) for f in answer.shown.figures if f.value is not None}
    if any("not shown because" in w.en for w in answer.shown.warnings):
        for row in answer.shown.chart["data"]["values"]:
            for value in row.values():
                assert not isinstance(value, float) or round(abs(value), 9) in shown
    for language in ("zh", "en"):
        told = answer.shown.to_dict(language)
        sentences = [*told["warnings"], *(d["value"] for d in told["definition"])]
        people = [re.findall(r"(?<![<≥\d])(\d+) ?(?:users|名用户)", s) for s in sentences]
        assert not [n for found in people for n in found if 0 < int(n) != LEAST], sentences
