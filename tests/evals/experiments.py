"""Simulated experiments: false positives, coverage of intervals, designed power, refusal of broken splits.

    python -m tests.evals.experiments [RUNS]

A/A tests and broken splits go through the published tool, on events; so does a design, whose size is then tried on users
drawn from those events. Coverage, and power by kind of metric, go through the statistics that the tools use, on users
whose truth is known. Each rate is printed with the 95 % interval in which it lies by chance if all is well.
"""

import gc
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binom

from tools import Metrics
from tools.experiments.comparison import Arm, compare_arms
from tools.experiments.outcomes import Kind
from tools.experiments.power import Plan, users_needed

USERS = 2000
SEED = 20260928
METRICS = ("buyers", "revenue", "basket", "next_day")
DECLARED = """
sources: {events: {frame: events, user: user, time: at, event: event}}
metrics:
  buyers: {kind: unique_users, event: buy}
  revenue: {kind: event_sum, event: buy, property: amount}
  basket: {kind: ratio, numerator: {event: buy, property: amount}, denominator: {event: buy}, unit: currency}
  next_day: {kind: retention, return_event: open, at: 1}
experiments:
"""


def bounds(runs: int, rate: float) -> tuple[float, float]:
    """Return between which rates 95 of 100 such simulations lie."""
    return tuple(float(binom.ppf(q, runs, rate)) / runs for q in (0.025, 0.975))  # type: ignore[return-value]


def make_events(rng: np.random.Generator) -> pd.DataFrame:
    """Return opens on most days and buys with amounts of a long tail, of users who differ."""
    start = pd.Timestamp("2026-03-02")
    habit = rng.beta(2, 3, USERS)
    user, day = np.nonzero(rng.random((USERS, 12)) < habit[:, None])
    buys = rng.random(len(user)) < 0.15
    amount = np.where(buys, rng.lognormal(4, 1, len(user)), 0.0)
    frame = pd.DataFrame({"user": user, "day": day, "amount": amount})
    opens, bought = frame.assign(event="open", amount=0.0), frame[buys].assign(event="buy")
    events = pd.concat(
        [opens, bought, pd.DataFrame([{"user": -1, "day": 15, "amount": 0.0, "event": "open"}])]
    )
    return events.assign(at=start + pd.to_timedelta(events["day"] * 24 + 12, unit="h")).drop(columns="day")


def read_experiments(
    assignments: dict[str, pd.DataFrame], rng: np.random.Generator
) -> Iterator[dict[str, float | None]]:
    """Read an experiment of four metrics for each assignment, by the published tool."""
    lines = [
        f"  {name}: {{assignments: {{frame: {name}, user: user, time: at, arm: arm}}, control: a, start: 2026-03-02, "
        f"end: 2026-03-02, metrics: [{', '.join(METRICS)}]}}"
        for name in assignments
    ]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "metrics.yaml"
        path.write_text(DECLARED + "\n".join(lines), encoding="utf-8")
        metrics = Metrics.open(path, frames={"events": make_events(rng), **assignments})
        gc.collect()
        gc.freeze()  # statsmodels collects garbage at each correction, which else takes a fifth of the time
        try:
            for name in assignments:
                found = metrics.run("analyze_experiment", {"experiment": name}, teams=None)
                yield {f.name: f.value for f in found.figures}
        finally:
            metrics.close()


def assign(runs: int, share: float, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Draw lots for all users, many times over."""
    at = pd.Timestamp("2026-03-02")
    drawn = (rng.random(USERS) < share for _ in range(runs))
    return {
        f"run_{i}": pd.DataFrame({"user": range(USERS), "at": at, "arm": np.where(treated, "b", "a")})
        for i, treated in enumerate(drawn)
    }


def measure_false_positives(runs: int) -> dict[str, float]:
    """Return by metric how many A/A tests of all that were read have p < 0.05, and how many were refused."""
    rng = np.random.default_rng(SEED)
    found = list(read_experiments(assign(runs, 0.5, rng), rng))
    read = [f for f in found if "effect_buyers_b" in f]
    rates = {m: sum((f[f"pvalue_{m}_b"] or 1) < 0.05 for f in read) / len(read) for m in METRICS}
    corrected = [[f[f"corrected_{m}_b"] or 1 for m in METRICS] for f in read]
    return rates | {
        "any, corrected": sum(min(c) < 0.05 for c in corrected) / len(read),
        "refused": 1 - len(read) / runs,
    }


def measure_refusals(runs: int) -> float:
    """Return how many of the experiments that lost a third of an arm are refused; none may show an effect."""
    rng = np.random.default_rng(SEED + 1)
    found = list(read_experiments(assign(runs, 0.4, rng), rng))
    return sum(not any(name.startswith("effect") for name in f) for f in found) / runs


def describe(values: dict[str, np.ndarray]) -> Arm:
    """Return the moments of an arm."""
    names = list(values)
    table = np.array([values[n] for n in names], dtype=float)
    cov = np.atleast_2d(np.cov(table, ddof=1))
    pairs = {(a, b): float(cov[i, names.index(b)]) for i, a in enumerate(names) for b in names[i + 1 :]}
    means = dict(zip(names, table.mean(axis=1).tolist(), strict=True))
    return Arm(table.shape[1], means, {n: float(cov[i, i]) for i, n in enumerate(names)}, pairs)


def draw(kind: str, n: int, lift: float, rng: np.random.Generator) -> Arm:
    """Draw users: a share, amounts with a long tail, a ratio, or amounts that the past explains in part."""
    if kind == "share":
        return describe({"value": rng.random(n) < 0.2 * (1 + lift)})
    if kind == "ratio":
        visits = 1 + rng.poisson(2, n)
        return describe({"value": rng.binomial(visits, 0.25 * (1 + lift)), "base": visits})
    habit = rng.gamma(2, 1, n)
    value = rng.poisson(habit * (1 + lift))
    return describe({"value": value} | ({"prior": rng.poisson(habit)} if kind == "cuped" else {}))


TRUTH = {"share": 0.2, "mean": 2.0, "ratio": 0.25, "cuped": 2.0}


def kind_of(name: str) -> Kind:
    """Return the kind of metric of a simulation."""
    return "ratio" if name == "ratio" else "share" if name == "share" else "mean"


def measure_coverage(name: str, runs: int, *, n: int = 1500, lift: float = 0.1) -> float:
    """Return how many 95 % intervals hold the true difference."""
    rng, truth = np.random.default_rng(SEED + 2), TRUTH[name] * lift
    inside = 0
    for _ in range(runs):
        pair = draw(name, n, 0.0, rng), draw(name, n, lift, rng)
        low, high = compare_arms(*pair, kind_of(name), cuped=name == "cuped").interval or (0.0, 0.0)
        inside += low <= truth <= high
    return inside / runs


def measure_power(name: str, runs: int, *, lift: float = 0.1, power: float = 0.8) -> tuple[float, int]:
    """Return how many experiments of the designed size find the effect they were designed for, and that size."""
    rng = np.random.default_rng(SEED + 3)
    past, plan = draw(name, 200_000, 0.0, rng), Plan(power, cuped=name == "cuped")
    n = users_needed(past, kind_of(name), TRUTH[name] * lift, plan)
    found = 0
    for _ in range(runs):
        pair = draw(name, n, 0.0, rng), draw(name, n, lift, rng)
        found += (compare_arms(*pair, kind_of(name), cuped=name == "cuped").pvalue or 1) < 0.05
    return found / runs, n


def design_by_tool(events: pd.DataFrame, lift: float) -> tuple[int, float]:
    """Return the users per arm that `design_experiment` asks for to find a rise of revenue, and the revenue at present."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "metrics.yaml"
        path.write_text(DECLARED.removesuffix("experiments:\n"), encoding="utf-8")
        metrics = Metrics.open(path, frames={"events": events})
        asked = {"metric": "revenue", "entry_event": "open", "relative_effect": lift, "follow_days": 7}
        found = metrics.run(
            "design_experiment", asked | {"start": "2026-03-02", "end": "2026-03-06"}, teams=None
        )
        metrics.close()
    values = {f.name: f.value for f in found.figures}
    return int(values["users_per_arm"] or 0), float(values["baseline"] or 0)


def measure_designed_power(runs: int, *, lift: float = 0.2) -> tuple[float, int]:
    """Return how many experiments of the size that the tool designed find the rise, each of users drawn from its events."""
    rng = np.random.default_rng(SEED + 4)
    events = make_events(rng)
    n, baseline = design_by_tool(events, lift)
    events = events[events["user"] >= 0].reset_index(drop=True)
    events["day"] = events["at"].dt.floor("D")
    first = events[events["event"] == "open"].groupby("user")["day"].min()
    first = first[first <= "2026-03-06"]
    passed = (events["day"] - events["user"].map(first)).dt.days
    within = events[passed.between(0, 6) & (events["event"] == "buy")]
    value = within.groupby("user")["amount"].sum().reindex(first.index).fillna(0.0).to_numpy()
    assert abs(value.mean() - baseline) < 1e-6 * baseline, (value.mean(), baseline)
    found = 0
    for _ in range(runs):
        pair = (
            describe({"value": rng.choice(value, n)}),
            describe({"value": rng.choice(value, n) * (1 + lift)}),
        )
        found += (compare_arms(*pair, "mean", cuped=False).pvalue or 1) < 0.05
    return found / runs, n


def main() -> int:
    """Print every rate with the interval in which it should lie."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name in TRUTH:
        print(f"coverage {name}: {measure_coverage(name, runs):.3f} in {bounds(runs, 0.95)}", flush=True)
        power, n = measure_power(name, runs)
        print(f"power {name} at {n} per arm: {power:.3f} in {bounds(runs, 0.8)}", flush=True)
    power, n = measure_designed_power(runs)
    print(f"power by design_experiment at {n} per arm: {power:.3f} in {bounds(runs, 0.8)}", flush=True)
    print(f"refused of broken splits: {measure_refusals(max(20, runs // 10)):.3f}", flush=True)
    for name, rate in measure_false_positives(runs).items():
        print(f"A/A {name}: {rate:.3f} in {bounds(runs, 0.001 if name == 'refused' else 0.05)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
