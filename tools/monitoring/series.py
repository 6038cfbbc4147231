"""The series of a metric as it is watched: whole buckets only, gaps told from zeros, each with its place in the season."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from tools.errors import InvalidArgument, NoData
from tools.maturity import whole_through
from tools.metric_figures import metric_unit
from tools.metric_kinds import ActiveUsersMetric, Metric, RetentionMetric
from tools.monitoring.hours import hour_buckets, local_hour, read_hours
from tools.monitoring.occasions import OccasionDay, find_occasions
from tools.monitoring.scales import Scale, choose_scale
from tools.monitoring.walk import Course
from tools.observation import observe
from tools.periods import Period
from tools.results import Text
from tools.scope import FilterValues, Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Interval = Literal["hour", "day", "week"]
SeriesInterval = Literal["hour", "day", "week", "month"]
INTERVAL_TEXT = {
    "hour": Text("小时", "hour"),
    "day": Text("天", "day"),
    "week": Text("周", "week"),
    "month": Text("个月", "month"),
}
INTERVAL_NAMES = INTERVAL_TEXT | {"month": Text("月", "month")}
_MOST_DAYS = {"hour": 84, "day": 1100, "week": 2200, "month": 7300}
_WEEK_HOURS = 168


@dataclass(frozen=True, slots=True)
class Series:
    """A metric by bucket.

    Attributes:
        labels: of the known buckets and of those ahead.
        days: the first local day of each.
        values: of the known buckets, NaN where a day has no data or no denominator.
        n: observations behind each.
        errors: standard error of each by the drawing of users, 0 where not known.
        phases, cycle: see `Course`; as long as the labels.
        occasions: of each bucket, or None.
        unit: of the values.
        is_share: whether values lie between 0 and 1.
        of_ratio: whether there is a denominator.
        gaps: days within the data on which the source has no event at all.
    """

    interval: SeriesInterval
    labels: tuple[str, ...]
    days: tuple[date, ...]
    values: "np.ndarray"
    n: "np.ndarray"
    errors: "np.ndarray"
    phases: tuple["np.ndarray", ...]
    cycle: int
    occasions: tuple[OccasionDay | None, ...]
    unit: str
    is_share: bool
    of_ratio: bool
    gaps: tuple[date, ...]

    @property
    def known(self) -> int:
        """Number of known buckets."""
        return len(self.values)

    def scale(self) -> Scale:
        """Choose the scale to model it on."""
        cycle = 24 if self.interval == "hour" else self.cycle
        return choose_scale(self.values, is_share=self.is_share, cycle=cycle)

    def course(self, scale: Scale) -> Course:
        """Put the series on a scale, ready to be walked through."""

        return Course(
            scale.forward(self.values),
            self.phases,
            self.cycle,
            tuple(o.key if o else None for o in self.occasions),
            self._floor(scale),
            scale,
            by_hour=self.interval == "hour",
        )

    def _floor(self, scale: Scale) -> "np.ndarray":
        """Return the usual sampling error on a scale: of the last cycles, for a ratio by how many stand behind it."""
        import numpy as np
        import pandas as pd

        size = np.sqrt(np.maximum(self.n, 1)) if self.of_ratio else np.ones(self.known)
        errors = pd.Series(scale.error(self.values, self.errors) * size)
        usual = errors.rolling(4 * max(self.cycle, 2), min_periods=1).median()
        return np.nan_to_num(usual.to_numpy() / size)

    def last_day(self, place: int) -> date:
        """Return the last day of a bucket."""
        return _last_day(self.days[place], self.interval)

    def place(self, day: date) -> int:
        """Return the number of buckets that begin before a day."""
        return sum(d < day for d in self.days[: self.known])


def read_series(
    scope: Scope,
    name: str,
    metric: Metric,
    *,
    interval: SeriesInterval,
    end: date,
    filters: FilterValues,
    ahead: int = 0,
) -> Series:
    """Read a metric's series from the start of the data to the last bucket up to `end` that is known whole.

    Raises:
        NoData: there is no whole bucket.
        InvalidArgument: the metric has no such series.
    """
    interval = watch_interval(metric, interval)
    period = _known_period(scope, metric, interval, end)
    if interval == "hour":
        cells, buckets = read_hours(scope, metric, period, filters), hour_buckets(scope, period)
    else:
        seen = observe(scope, metric, period, filters=filters, interval=interval)
        cells, buckets = seen.cells, scope.calendar.buckets(period, interval)
    cells = cells.set_index("bucket").reindex(buckets)
    every = range(buckets.start, buckets.stop + ahead)
    days = _first_days(scope, every, interval)
    gaps = _gaps(scope, period)
    values, errors = _values(cells)
    lost = [any(d <= gap <= _last_day(d, interval) for gap in gaps) for d in days[: len(values)]]
    values[lost] = float("nan")
    unit = metric_unit(scope.semantics, metric)
    occasions = find_occasions(scope.semantics, name, Period(days[0], days[-1] + timedelta(days=7)))
    return Series(
        interval=interval,
        labels=_labels(scope, every, interval),
        days=tuple(days),
        values=values,
        n=cells["n"].fillna(0).to_numpy(dtype=float),
        errors=errors,
        phases=_phases(scope, every, interval, len(values)),
        cycle=choose_cycle(interval, len(values)),
        occasions=tuple(_occasion(d, interval, occasions) for d in days),
        unit=unit,
        is_share=unit == "ratio" and not (values > 1).any(),
        of_ratio="denominator" in cells,
        gaps=gaps,
    )


def own_interval(metric: Metric) -> SeriesInterval:
    """Return the interval that a metric is counted by."""
    if isinstance(metric, RetentionMetric):
        return metric.period
    return metric.interval if isinstance(metric, ActiveUsersMetric) else "day"


def watch_interval(metric: Metric, wanted: SeriesInterval) -> SeriesInterval:
    """Return the interval that a metric can be watched by: its own where that is coarser.

    Raises:
        InvalidArgument: it is counted by month, and not asked for by month.
    """
    own = own_interval(metric)
    if own == "month" and wanted != "month":
        raise InvalidArgument(
            en="metric: it is counted by calendar month, too few values to tell what is usual; choose a metric by day or week.",
            zh="metric：该指标按自然月统计，数值太少，无法判断常态；请选择按天或按周的指标。",
            parameter="metric",
        )
    if isinstance(metric, ActiveUsersMetric) and own == "day" and wanted == "week":
        return "day"
    return "week" if own == "week" else wanted


def _known_period(scope: Scope, metric: Metric, interval: SeriesInterval, end: date) -> Period:
    coverage, calendar = scope.source.coverage, scope.calendar
    last = min(end, whole_through(scope, metric), coverage.complete_through)
    start = max(coverage.start, last - timedelta(days=_MOST_DAYS[interval] - 1))
    if interval in ("week", "month") and start <= last:
        first_whole = calendar.bucket(start - timedelta(days=1), interval) + 1
        last_whole = calendar.bucket(last + timedelta(days=1), interval) - 1
        start, last = calendar.first_day(first_whole, interval), calendar.last_day(last_whole, interval)
    if last < start:
        raise NoData(
            en=f"No whole {INTERVAL_TEXT[interval].en} of this metric is known by {end}; the data spans "
            f"{coverage.start} to {coverage.complete_through}.",
            zh=f"截至 {end}，该指标还没有完整的一{INTERVAL_TEXT[interval].zh}；数据覆盖 {coverage.start} 至 "
            f"{coverage.complete_through}。",
            parameter="end",
        )
    return Period(start, last)


def _values(cells: "pd.DataFrame") -> tuple["np.ndarray", "np.ndarray"]:
    """Return values and their standard errors: of a ratio by the delta method, see `tools.terms`."""
    import numpy as np

    over = cells["numerator"]
    squares = cells["numerator_square"] if "numerator_square" in cells else over * 0
    if "denominator" not in cells:
        return over.fillna(0).to_numpy(dtype=float, copy=True), np.sqrt(
            squares.fillna(0).to_numpy(dtype=float)
        )
    under = cells["denominator"].where(cells["denominator"] > 0)
    rates = over / under
    if "product" in cells:
        squares = squares - 2 * rates * cells["product"] + rates**2 * cells["denominator_square"]
    errors = np.sqrt(squares.clip(lower=0)) / under
    return rates.to_numpy(dtype=float, copy=True), errors.fillna(0).to_numpy(dtype=float)


def _gaps(scope: Scope, period: Period) -> tuple[date, ...]:
    """List the days without any event of the source."""
    days = scope.active_days(None)
    counts = scope.source.engine.fetch(days.group_by("day").agg(n=days.count()))
    present = {int(d) for d in counts["day"]}
    calendar = scope.calendar
    return tuple(calendar.first_day(b, "day") for b in calendar.buckets(period, "day") if b not in present)


def _last_day(first: date, interval: SeriesInterval) -> date:
    """Return the last day of the bucket that begins on a day."""
    if interval == "month":
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first + timedelta(days=6 if interval == "week" else 0)


def _first_days(scope: Scope, buckets: range, interval: SeriesInterval) -> list[date]:
    if interval == "hour":
        return [local_hour(scope, b).date() for b in buckets]
    return [scope.calendar.first_day(b, interval) for b in buckets]


def _labels(scope: Scope, buckets: range, interval: SeriesInterval) -> tuple[str, ...]:
    if interval == "hour":
        return tuple(f"{local_hour(scope, b):%Y-%m-%d %H:%M%z}" for b in buckets)
    return tuple(scope.calendar.label(b, interval) for b in buckets)


def choose_cycle(interval: SeriesInterval, known: int) -> int:
    """Return the buckets of the longest season that so many known ones show: of hours a week from four weeks on."""
    if interval == "hour":
        return _WEEK_HOURS if known >= 4 * _WEEK_HOURS else 24
    return 7 if interval == "day" else 1


def _phases(scope: Scope, buckets: range, interval: SeriesInterval, known: int) -> tuple["np.ndarray", ...]:
    import numpy as np

    if interval in ("week", "month"):
        return ()
    if interval == "day":
        return (np.array([b % 7 for b in buckets]),)
    hours = [local_hour(scope, b) for b in buckets]
    by_day = np.array([h.hour for h in hours])
    if choose_cycle(interval, known) == 24:
        return (by_day,)
    return by_day, np.array([h.weekday() * 24 + h.hour for h in hours])


def _occasion(day: date, interval: SeriesInterval, found: dict[date, OccasionDay]) -> OccasionDay | None:
    """Return the occasion of a bucket; a week has that which takes most of its days, if they are three or more."""
    if interval == "month":
        return None
    if interval != "week":
        return found.get(day)
    own = [found[d] for n in range(7) if (d := day + timedelta(days=n)) in found]
    names = [o.name.zh for o in own]
    most = max(names, key=names.count, default=None)
    if most is None or names.count(most) < 3:
        return None
    return OccasionDay(next(o.name for o in own if o.name.zh == most), 0)
