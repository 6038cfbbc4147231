"""Periods that can be compared: cut to the data, and the compared one cut to as many days.

A week of which the data has one day is no fall against seven days. Active users per week or month are
counted over whole buckets, so that there two periods of one bucket would be compared with themselves.
"""

from datetime import timedelta

from tools.metric_kinds import ActiveUsersMetric, Interval, Metric
from tools.periods import INTERVAL_TEXT, Period
from tools.results import Text
from tools.scope import Scope


def align_periods(scope: Scope, metric: Metric, asked: list[Period]) -> tuple[list[Period], list[Text]]:
    """Cut a period, and the one it is compared with, to what the data covers.

    Args:
        scope: what is read.
        metric: what is measured.
        asked: the period, and where there is one the compared period.

    Returns:
        The periods to measure (without the compared one where there is nothing to compare with), and warnings.

    Raises:
        NoData: no day of a period lies in the data.
    """
    for period in asked:
        scope.cover(period)
    if isinstance(metric, ActiveUsersMetric) and metric.interval != "day":
        periods, warnings = _align_buckets(scope, metric.interval, asked)
    else:
        periods = _cut_alike(scope, asked, alike=len(asked) > 1 and _are_alike(scope, *asked))
        warnings = _cut_warnings(scope, asked, periods)
    return periods, [*warnings, *(w for p in periods for w in scope.cover(p))]


def _align_buckets(scope: Scope, interval: Interval, asked: list[Period]) -> tuple[list[Period], list[Text]]:
    calendar, unit, warnings = scope.calendar, INTERVAL_TEXT[interval], []
    wide = [calendar.widen(p, interval) for p in asked]
    if len(wide) > 1 and wide[0].start <= wide[1].end and wide[1].start <= wide[0].end:
        buckets = calendar.buckets(wide[0], interval)
        first = calendar.first_day(buckets[0] - len(buckets), interval)
        wide[1] = Period(first, wide[0].start - timedelta(days=1))
        span = wide[1].text()
        zh = f"该指标按整{unit.zh}统计，两个时期落在同一个{unit.zh}内；"
        en = f"The metric counts whole {unit.en}s, and both periods lie in the same one; "
        if first < scope.source.coverage.start:
            wide.pop()
            zh, en = f"{zh}此前的数据不足，不作比较。", f"{en}the data has none before it to compare with."
        else:
            zh, en = (
                f"{zh}改与此前的 {span.zh} 比较。",
                f"{en}the one before is compared with instead: {span.en}.",
            )
        warnings.append(Text(zh=zh, en=en))
    single = all(len(calendar.buckets(p, interval)) == 1 for p in wide)
    periods = _cut_alike(scope, wide, alike=single)
    return periods, warnings + (_cut_warnings(scope, wide, periods) if single else [])


def _cut_alike(scope: Scope, asked: list[Period], *, alike: bool) -> list[Period]:
    """Cut each period to the data; if they are alike and one was cut, all to as many days from their start."""
    coverage, cut = scope.source.coverage, []
    for period in asked:
        # A period that begins on the last, partial day has no whole day to be cut to.
        last = coverage.complete_through if coverage.complete_through >= period.start else coverage.end
        cut.append(Period(period.start, min(period.end, last)))
    if not alike or cut == asked:
        return cut
    days = timedelta(days=min(p.days for p in cut) - 1)
    return [Period(p.start, min(p.end, p.start + days)) for p in cut]


def _are_alike(scope: Scope, period: Period, compared: Period) -> bool:
    """Say whether two periods have the same number of days, or of whole calendar months."""
    calendar = scope.calendar
    months = [
        len(calendar.buckets(p, "month")) if calendar.widen(p, "month") == p else None
        for p in (period, compared)
    ]
    return period.days == compared.days or (months[0] is not None and months[0] == months[1])


def _cut_warnings(scope: Scope, asked: list[Period], periods: list[Period]) -> list[Text]:
    if periods == asked:
        return []
    coverage, now = scope.source.coverage, periods[0].text()
    last = coverage.complete_through if coverage.complete_through >= periods[0].start else coverage.end
    zh = f"数据只到 {last}，实际统计 {now.zh}（{periods[0].days} 天）"
    en = f"The data ends on {last}: counted is {now.en} ({periods[0].days} days)"
    if len(periods) > 1:
        then = periods[1].text()
        fair = periods[0].days == periods[1].days
        zh += f"，对比期{'按相同天数取' if fair else '为'} {then.zh}"
        en += f", compared with {then.en}{', as many days' if fair else ''}"
        if not fair:
            zh, en = f"{zh}（{periods[1].days} 天，天数不同）", f"{en} ({periods[1].days} days, not as many)"
    return [Text(zh=f"{zh}。", en=f"{en}.")]
