"""The noise of a change: sampling by the delta method, variation between periods, several segments at once."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from tests.tools.conftest import Opener, make_events
from tools.contributions import Cube
from tools.intervals import newcombe_interval
from tools.metric_kinds import EventCountMetric
from tools.noise import Noise, estimate_noise
from tools.observation import Observation, binomial
from tools.periods import Calendar, Period
from tools.windows import choose_windows

MONDAYS = Calendar(ZoneInfo("UTC"), 0)
WEEK = Period(date(2026, 3, 2), date(2026, 3, 8))


def observed(rows: list[tuple]) -> Observation:
    cells = pd.DataFrame(rows, columns=["s", "numerator", "denominator"])
    return Observation(binomial(cells), True, WEEK)


def test_contribution_and_its_variance_by_hand():
    # a: 20 of 100 -> 10 of 100, b: 30 of 100 both times. R: .25 -> .2, mean .225.
    # a: (10 - 22.5)/200 - (20 - 22.5)/200 = -.05; b: 0.
    now, before = observed([("a", 10, 100), ("b", 30, 100)]), observed([("a", 20, 100), ("b", 30, 100)])
    found = Cube([now, before], [(0, 1)]).split(["s"])
    assert found.names["s"].tolist() == ["a", "b"]
    assert found.changes[0] == pytest.approx([-0.05, 0])
    # a's users: 10 with (1 - .225)², 90 with .225²: 10*.600625 + 90*.050625 = 10.5625; before 20 and 80: 16.0625.
    assert found.sampling[0, 0] == pytest.approx((10.5625 + 16.0625) / 200**2)
    whole = Cube([now, before], [(0, 1)]).split([])
    assert whole.changes[0] == pytest.approx([-0.05])
    assert whole.sampling[0] == pytest.approx(found.sampling[0].sum())


def test_dispersion_by_hand():
    # Past changes -3 -1 0 1 2 7, median .5; squared distances .25 .25 2.25 2.25 12.25 42.25, median 2.25, which are
    # 4.5 sampling variances of .5: 4.5 / .454936 = 9.891492.
    changes = np.array([[100.0], [-3], [-1], [0], [1], [2], [7]])
    noise = estimate_noise(changes, np.full((7, 1), 0.5))
    assert (noise.pairs, noise.freedom, noise.sampling[0]) == (6, 2.5, 0.5)
    assert noise.dispersion == pytest.approx(9.891492, abs=1e-6)
    # A second segment that does not vary at all: of the twelve squares the median is (0 + .5) / 2.
    two = np.hstack([changes, np.zeros((7, 1))])
    both = estimate_noise(two, np.full((7, 2), 0.5))
    assert (both.dispersion, both.freedom) == (1.0, 1e9)


def test_few_pairs_tell_nothing():
    noise = estimate_noise(np.arange(6.0)[:, None], np.full((6, 1), 0.01))
    assert (noise.pairs, noise.dispersion) == (0, 1)


def test_steady_growth_and_one_campaign_are_no_noise():
    changes = np.array([5.0, 5, 5, 5, 80, -70, 5, 5, 5])[:, None]
    assert estimate_noise(changes, np.full((9, 1), 0.1)).dispersion == 1


def test_margins_by_hand():
    # Sampling alone: 1.959964 * 3. Twice the variance, of 12 degrees of freedom: t(.975, 12) = 2.178813, times √2; of
    # 5 at once t(.995, 12) = 3.054540.
    assert Noise(np.array([9.0])).margin()[0] == pytest.approx(5.879892, abs=1e-5)
    mixed = Noise(np.array([1.0]), 2.0, 25, 12.0)
    assert mixed.margin()[0] == pytest.approx(2.178813 * 2**0.5, abs=1e-5)
    assert mixed.margin(5)[0] == pytest.approx(3.054540 * 2**0.5, abs=1e-5)


@pytest.mark.parametrize("between", [0.0, 1.0, 5.0])
def test_chance_alone_is_seldom_beyond_noise(between: float):
    # 4000 series of 14 periods, each with sampling variance 1 and as much or more from one to the next: the share
    # beyond noise is at most 5 %, plus three standard errors.
    rng = np.random.default_rng(3)
    series = rng.normal(0, np.sqrt(1 + between), (14, 4000))
    changes = series[:-1] - series[1:]
    sampling = np.full((13, 1), 2.0)
    beyond = [abs(d[0]) > estimate_noise(d[:, None], sampling).margin()[0] for d in changes.T]
    assert np.mean(beyond) <= 0.05 + 3 * (0.05 * 0.95 / 4000) ** 0.5


@pytest.mark.parametrize("between", [0.0, 1.0, 5.0])
def test_of_many_segments_none_is_beyond_noise_by_chance(between: float):
    # 400 times 20 segments: that any stands out has at most 5 %, plus three standard errors.
    rng = np.random.default_rng(4)
    series = rng.normal(0, np.sqrt(1 + between), (400, 14, 20))
    changes = series[:, :-1] - series[:, 1:]
    sampling = np.full((13, 20), 2.0)
    beyond = [(np.abs(d[0]) > estimate_noise(d, sampling).margin(20)).any() for d in changes]
    assert np.mean(beyond) <= 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5


EVENTS = """
metrics:
  orders: {kind: event_count, event: buy}
  buyers: {kind: unique_users, event: buy}
  spend: {kind: event_sum, event: buy, property: amount}
  basket: {kind: ratio, numerator: {event: buy, property: amount}, denominator: {event: buy}, unit: currency}
  paid: {kind: ratio, numerator: {event: buy}, denominator: {event: try}}
"""


def test_a_users_day_is_drawn_as_one(open_workspace: Opener):
    # 2 March: a buys twice, for 10 and 20, b once for 5; 1 March: c once for 4. Each tries once more than he buys.
    rows = [("a", "buy", 2, 10.0), ("a", "buy", 2, 20.0), ("b", "buy", 2, 5.0), ("c", "buy", 1, 4.0)]
    rows += [(u, "try", d, 0.0) for u, d, n in (("a", 2, 3), ("b", 2, 2), ("c", 1, 2)) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["user", "event", "day", "amount"])
    frame["at"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame.pop("day") - 1, unit="D")
    workspace = open_workspace(frame, extra=EVENTS)

    def half_width(metric: str) -> float:
        days = {"start": "2026-03-02", "end": "2026-03-02"}
        days |= {"compare_start": "2026-03-01", "compare_end": "2026-03-01"}
        low, high = workspace.run("explain_change", metric=metric, **days).figures[0].interval
        return (high - low) / 2 / 1.959963984540054

    # Orders 1 -> 3: user-days of 2 and 1 against 1: 4 + 1 + 1.
    assert half_width("orders") == pytest.approx(6**0.5)
    # Buyers 1 -> 2: each is drawn as one: 2 + 1.
    assert half_width("buyers") == pytest.approx(3**0.5)
    # Spend 4 -> 35: user-days of 30 and 5 against 4: 900 + 25 + 16.
    assert half_width("spend") == pytest.approx(941**0.5)
    # Paid 1/2 -> 3/5, mean .55. a: 2 - .55*3 = .35, b: 1 - .55*2 = -.1, c: -.1. (.1225 + .01)/25 + .01/4.
    assert half_width("paid") == pytest.approx((0.1325 / 25 + 0.0025) ** 0.5)
    # Basket 4 -> 35/3, mean 7.8333. a: 30 - 15.6667 = 14.3333, b: -2.8333, c: -3.8333.
    squares = (14.333333**2 + 2.833333**2) / 9 + 3.833333**2
    assert half_width("basket") == pytest.approx(squares**0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("now", "before", "pairs", "first"),
    [
        # Weeks against the week before: as many pairs as whole weeks fit, at most 12.
        (("2026-06-01", "2026-06-07"), ("2026-05-25", "2026-05-31"), 12, "2026-05-25"),
        # A day against the day before: the same two weekdays, a week earlier.
        (("2026-06-05", "2026-06-05"), ("2026-06-04", "2026-06-04"), 12, "2026-05-29"),
        # Ten days against ten days: 21 days are the fewest whole weeks that keep the pairs apart; 132 days lie
        # before them.
        (("2026-05-23", "2026-06-01"), ("2026-05-13", "2026-05-22"), 6, "2026-05-02"),
        # Of unlike length: none.
        (("2026-06-01", "2026-06-07"), ("2026-05-25", "2026-05-30"), 0, None),
    ],
)
def test_what_came_before_is_alike(now, before, pairs, first):
    periods = [Period(*map(date.fromisoformat, span)) for span in (now, before)]
    metric = EventCountMetric(kind="event_count", event="buy")
    windows = choose_windows(MONDAYS, metric, periods, date(2026, 1, 1))
    assert len(windows.pairs) == pairs + 1
    if first:
        assert str(windows.periods[windows.pairs[1][0]].start) == first


def test_the_band_does_not_depend_on_dimensions_that_are_not_asked_about(open_workspace: Opener):
    # Each user buys twice a day, on two devices: a user's day counts 2, whether or not devices are declared. Five users
    # before and three after: squares 5 x 4 + 3 x 4 = 32, so the half-width is 1.96 x sqrt(32) = 11.09.
    rows = [
        (user, "buy", f"2026-03-0{day} {hour}:00", device)
        for day, users in ((1, 5), (2, 3))
        for user in range(users)
        for hour, device in ((10, "app"), (11, "web"))
    ]
    frame = make_events(rows).rename(columns={"channel": "device"}).assign(channel="x")
    intervals = []
    for declared in ("", ", device: {column: device}"):
        extra = f"dimensions: {{channel: {{column: channel}}{declared}}}\nmetrics: {{buys: {{kind: event_count}}}}"
        result = open_workspace(frame, extra=extra).run(
            "explain_change",
            metric="buys",
            dimensions=["channel"],
            start="2026-03-02",
            end="2026-03-02",
            compare_start="2026-03-01",
            compare_end="2026-03-01",
        )
        intervals.append(next(f for f in result.figures if f.name == "change").interval)
    assert intervals[0] == intervals[1] == pytest.approx([-4 - 11.087, -4 + 11.087], abs=1e-3)


def test_whole_weeks_of_weekly_retention_are_looked_back_at(open_workspace: Opener):
    # Ten users begin in each of weeks 0 to 11, and as many as the week's number return in the week after. Before 6
    # against 5 lie the pairs 5-4 to 1-0: five, too few. Before 7 against 6 there are six, whose changes are all .1 and
    # so no noise. Either way it is the plain Newcombe interval that measure_metric gives.
    monday = pd.Timestamp("2026-01-05")
    rows = [
        (f"{week}-{k}", "go", monday + pd.Timedelta(weeks=week + later))
        for week in range(12)
        for k in range(10)
        for later in range(1 + (k < week))
    ]
    extra = "metrics: {w1: {kind: retention, period: week}}"
    workspace = open_workspace(rows, extra=extra)
    for number, pairs in ((6, 0), (7, 6)):
        start = [(monday + pd.Timedelta(weeks=number - back)).date() for back in (0, 1)]
        end = [(day + pd.Timedelta(days=6)).isoformat() for day in start]
        asked = {"start": str(start[0]), "end": end[0], "compare_start": str(start[1]), "compare_end": end[1]}
        result = workspace.run("explain_change", metric="w1", **asked)
        figures = {f.name: f for f in result.figures if f.segment is None}
        assert (figures["w1"].value, figures["w1_before"].value) == (number / 10, (number - 1) / 10)
        method = next(d.value.en for d in result.definition if d.label.en == "noise is told from")
        assert (f"{pairs} pairs" in method) == (pairs > 0)
        assert figures["change"].interval == pytest.approx(
            newcombe_interval(number, 10, number - 1, 10), abs=1e-12
        )
        shown = workspace.run("measure_metric", metric="w1", **asked)
        assert next(f for f in shown.figures if f.name == "change").interval == figures["change"].interval
