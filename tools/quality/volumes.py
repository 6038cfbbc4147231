"""Checks of volumes by day: gaps, sudden drops, events that stop or change their name, data that is old."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tools.quality.findings import Finding, listed
from tools.quality.names import likeness
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_EPOCH = date(1970, 1, 1)
_MOST_EVENTS = 200
_DENSE = 0.8  # share of days with data from which a day without is a gap
_WEEKDAYS = (
    Text("周一", "Monday"), Text("周二", "Tuesday"), Text("周三", "Wednesday"), Text("周四", "Thursday"),
    Text("周五", "Friday"), Text("周六", "Saturday"), Text("周日", "Sunday"),
)  # fmt: skip
_SIDE = 14  # days on either side of a change of names


@dataclass(frozen=True, slots=True)
class _Run:
    """Days of an event: the first and last with it, and how many a day around each."""

    event: str
    first: int
    last: int
    early: float
    late: float


def check_volumes(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Look at how many events there are a day."""
    usable = rows.filter(rows.user.notnull() & rows.event.notnull() & rows.day.notnull())
    today = (datetime.now(UTC).date() - _EPOCH).days + 1
    sane = usable.filter(usable.day.between(10_957, today))  # from 2000 to tomorrow
    counts = scope.source.engine.fetch(sane.group_by("day").agg(n=sane.count()).order_by("day"))
    if counts.empty:
        return
    daily = counts.set_index("day")["n"]
    daily = daily.reindex(range(int(daily.index[0]), int(daily.index[-1]) + 1), fill_value=0)
    yield from _gaps(daily)
    last_whole = (scope.source.coverage.complete_through - _EPOCH).days
    yield from _drops(daily[daily.index <= last_whole])
    yield from _changed_names(scope, sane, daily)


def check_freshness(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Say how old the newest event is, where dates are reckoned from today."""
    as_of = scope.source.coverage.data_as_of
    age = datetime.now(UTC) - as_of
    days = age.days
    if days < 2 or scope.semantics.relative_dates == "data_end":
        return
    yield Finding(
        "old_data", "warning", days, None,
        Text(f"最新事件在 {as_of:%Y-%m-%d %H:%M}，距今 {days:,} 天。", f"The newest event is of {as_of:%Y-%m-%d %H:%M}, {days:,} days ago."),
        Text("“上周”“最近 7 天”等说法从今天算起，会落在没有数据的日子。", "“Last week” and “the last 7 days” count from today and fall on days without data."),
        Text("恢复数据更新；若是历史数据，请在 metrics.yaml 写 relative_dates: data_end。", "Refresh the data; if it is history, write relative_dates: data_end in metrics.yaml."),
    )  # fmt: skip


def _gaps(daily: "pd.Series") -> Iterator[Finding]:
    missing = [int(day) for day in daily.index[daily == 0]]
    closed = _closed_weekdays(daily)
    if closed:
        zh, en = (listed([t.in_language(language) for t in closed], language) for language in ("zh", "en"))
        yield Finding(
            "closed_weekdays", "note", len(closed), None,
            Text(f"{zh}从来没有数据。", f"There is never any data on {en}."),
            Text("按日的曲线每周有缺口；次日留存在前一天会是 0。", "Daily lines have a hole each week, and day-1 retention of the day before is 0."),
            Text("若本来就休息，按周或按月看；否则检查数据采集。", "If business is closed then, look at weeks or months; otherwise mend the collection."),
        )  # fmt: skip
    names = {_WEEKDAYS.index(t) for t in closed}
    gaps = [day for day in missing if (day + 3) % 7 not in names]
    open_days = sum((int(day) + 3) % 7 not in names for day in daily.index)
    if gaps and 1 - len(gaps) / open_days >= _DENSE:
        spans = [_span(run) for run in _runs(gaps)]
        yield Finding(
            "gaps_in_days", "serious" if len(gaps) > 1 else "warning", len(gaps), len(daily),
            Text(f"{len(gaps):,} 天完全没有数据：{listed(spans, 'zh')}。", f"{len(gaps):,} days have no data at all: {listed(spans, 'en')}."),
            Text("这些天的活跃为 0，前一天的次日留存为 0，环比失真。", "Active users are 0 on them, day-1 retention is 0 the day before, and comparisons are off."),
            Text("补齐这些天的数据；补不齐时，比较时避开它们。", "Load the missing days; where that cannot be done, leave them out of comparisons."),
        )  # fmt: skip


def _closed_weekdays(daily: "pd.Series") -> list[Text]:
    by_weekday = daily.groupby([(int(day) + 3) % 7 for day in daily.index]).agg(["size", "sum"])
    never = [int(w) for w in by_weekday.index[(by_weekday["sum"] == 0) & (by_weekday["size"] >= 4)]]
    return [_WEEKDAYS[w] for w in never] if len(never) <= 3 else []


def _drops(daily: "pd.Series") -> Iterator[Finding]:
    """Compare each day with the same weekday of the four weeks before."""
    before = [daily.shift(7 * weeks) for weeks in range(1, 5)]
    import pandas as pd

    past = pd.concat(before, axis=1)
    usual, spread = past.median(axis=1), past.max(axis=1) - past.min(axis=1)
    noise = 5 * usual.pow(0.5)
    fell = (past.count(axis=1) >= 3) & (usual >= 50) & (daily > 0)
    fell &= (daily < usual / 2) & (usual - daily > noise) & (usual - daily > spread)
    days = [int(day) for day in daily.index[fell]]
    if not days:
        return
    spans = [_span(run) for run in _runs(days)]
    worst = min(days, key=lambda day: daily[day] / usual[day])
    least, normal, name = int(daily[worst]), int(usual[worst]), _date(worst)
    yield Finding(
        "sudden_drops", "warning", len(days), len(daily),
        Text(f"{len(days):,} 天的事件数不到平时同一星期几的一半：{listed(spans, 'zh')}；最严重的 {name} 只有 {least:,}（平时约 {normal:,}）。", f"{len(days):,} days have under half of what is usual for their weekday: {listed(spans, 'en')}; the worst, {name}, has {least:,} (usually about {normal:,})."),
        Text("若是上报或导入缺失，活跃、转化和环比都会偏低；若是真实下降，则是业务问题。", "If collection or loading lost them, active users, conversion and comparisons are too low; if not, it is the business."),
        Text("先核对这些天的导入日志；数据无误时，再用 explain_change 找原因。", "Look at the loading of these days first; if it is sound, ask explain_change for the reason."),
    )  # fmt: skip


def _changed_names(scope: Scope, rows: "ibis.Table", daily: "pd.Series") -> Iterator[Finding]:
    runs = _event_runs(scope, rows)
    start, end = int(daily.index[0]), int(daily.index[-1])
    for old in runs:
        if old.last > end - 3 or old.last - old.first < 6:
            continue
        following = [
            r
            for r in runs
            if r.first > start + 3 and abs(r.first - old.last - 1) <= 3 and r.event != old.event
        ]
        best = max(following, key=lambda r: _match(old, r), default=None)
        if (
            best is not None
            and _match(old, best) >= 1
            and not _declared_together(scope, old.event, best.event)
        ):
            yield _renamed(old, best)
        elif best is None or _match(old, best) < 1:
            yield from _stopped(old, end)


def _event_runs(scope: Scope, rows: "ibis.Table") -> list[_Run]:
    counts = scope.source.event_counts
    names = sorted(counts, key=lambda e: (-counts[e], e))[:_MOST_EVENTS]
    kept = rows.filter(rows.event.isin(names))
    table = scope.source.engine.fetch(kept.group_by("event", "day").agg(n=kept.count()))
    runs = []
    for event, part in table.sort_values("day").groupby("event", sort=True):
        days = part.set_index("day")["n"]
        first, last = int(days.index[0]), int(days.index[-1])
        width = min(_SIDE, last - first + 1)
        early = float(days[days.index < first + width].sum()) / width
        late = float(days[days.index > last - width].sum()) / width
        runs.append(_Run(str(event), first, last, early, late))
    return runs


def _match(old: _Run, new: _Run) -> float:
    """Grade how well one event follows another: 1 and more is a change of names."""
    if min(old.late, new.early) < 2:
        return 0.0
    ratio = min(old.late, new.early) / max(old.late, new.early)
    return ratio + likeness(old.event, new.event) if ratio >= 0.4 else 0.0


def _declared_together(scope: Scope, old: str, new: str) -> bool:
    return any(e.any_of and {old, new} <= set(e.any_of) for e in scope.semantics.events.values())


def _renamed(old: _Run, new: _Run) -> Finding:
    return Finding(
        "changed_names", "serious", 1, None,
        Text(f"事件 {old.event} 止于 {_date(old.last)}（每天约 {old.late:,.0f} 次），{new.event} 始于 {_date(new.first)}（每天约 {new.early:,.0f} 次）：像是改了名。", f"Event {old.event} ends on {_date(old.last)} (about {old.late:,.0f} a day) and {new.event} begins on {_date(new.first)} (about {new.early:,.0f} a day): it looks like a change of name."),
        Text("跨越这一天的趋势、留存和漏斗会中断：旧名骤降，新名从零开始。", "Trends, retention and funnels across that day break: the old name falls to nothing, the new one starts from it."),
        Text(f"在 metrics.yaml 中合为一个事件：events: {{{new.event}_all: {{any_of: [{old.event}, {new.event}]}}}}", f"Join them in metrics.yaml: events: {{{new.event}_all: {{any_of: [{old.event}, {new.event}]}}}}"),
    )  # fmt: skip


def _stopped(old: _Run, end: int) -> Iterator[Finding]:
    if old.late < 10 or end - old.last < 7:
        return
    yield Finding(
        "stopped_events", "warning", 1, None,
        Text(f"事件 {old.event} 自 {_date(old.last)} 之后再未出现（此前每天约 {old.late:,.0f} 次）。", f"Event {old.event} is not seen after {_date(old.last)} (about {old.late:,.0f} a day before)."),
        Text("用到它的指标此后为 0。", "Metrics that use it are 0 from then on."),
        Text("确认是功能下线还是埋点丢失。", "Find out whether the feature was withdrawn or its tracking was lost."),
    )  # fmt: skip


def _runs(days: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _span(run: tuple[int, int]) -> str:
    return _date(run[0]) if run[0] == run[1] else f"{_date(run[0])}–{_date(run[1])}"


def _date(day: int) -> str:
    return str(_EPOCH + timedelta(days=day))
