"""Checks of single rows: repeated, without a user, at impossible times, in mixed zones, late."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tools.errors import MetricError, show
from tools.quality.findings import Finding, grade, listed, percent
from tools.quality.records import find_received, received_rows
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis

_PLACEHOLDERS = (
    "0",
    "-1",
    "null",
    "none",
    "nan",
    "undefined",
    "unknown",
    "anonymous",
    "n/a",
    "(none)",
    "未知",
    "匿名",
)
_ID_NAME = re.compile(
    r"(^|[._$])(event|insert|message|record|row|log|order|transaction|trade)_?id$|uuid$|订单号|流水号|事件id",
    re.I,
)
_EARLIEST = datetime(2000, 1, 1)
_SKEW = timedelta(hours=1)
_LATE = timedelta(days=1)


def check_repeats(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Find rows that are the same in every column."""
    raw = scope.source.raw
    plain = raw.mutate(**{c: raw[c].cast("string") for c, k in raw.schema().items() if k.is_json()})
    counts = plain.agg(n=plain.count())
    total = int(scope.source.engine.fetch_row(counts)["n"])
    distinct = plain.distinct()
    n = total - int(scope.source.engine.fetch_row(distinct.agg(n=distinct.count()))["n"])
    if n:
        yield Finding(
            "repeated_rows",
            grade(n, total, warning=0.001, serious=0.02),
            n,
            total,
            Text(f"{n:,} 行（{percent(n, total)}）与另一行完全相同。", f"{n:,} rows ({percent(n, total)}) are exact copies of another row."),
            Text("次数、金额会被高估；人数与留存不受影响。", "Counts and sums are too high; numbers of users and retention are not touched."),
            Text("若是重复导出，请去重，或在数据源中声明 id（能标识一次事件的列）。", "If it was exported twice, remove the copies, or declare `id`, a column that tells one event from another."),
        )  # fmt: skip


def check_ids(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Find rows that share the id of their event, whether it is declared or a column looks like one."""
    definition, raw = scope.source.definition, scope.source.raw
    named = [c for c in raw.columns if _ID_NAME.search(c) and c not in (definition.user, definition.time)]
    column = definition.id or next(iter(named), None)
    if column is None:
        return
    keys = dict.fromkeys(c for c in (definition.user, definition.event, column) if c)
    filled = raw.filter(raw[column].notnull()).select(*keys)
    row = scope.source.engine.fetch_row(filled.agg(n=filled.count()))
    distinct = filled.distinct()
    unique = int(scope.source.engine.fetch_row(distinct.agg(n=distinct.count()))["n"])
    total = int(row["n"])
    n, name = total - unique, show(column)
    if definition.id and n:
        yield Finding(
            "repeated_ids", "note", n, total,
            Text(f"{n:,} 行（{percent(n, total)}）与另一行的用户、事件和 {name} 相同，已合并为一次。", f"{n:,} rows ({percent(n, total)}) share user, event and {name} with another; they are merged."),
            Text("不影响结果。", "Nothing: each counts once."),
            Text("无需处理；若比例突然升高，请检查上报是否重试过多。", "Nothing to do; if the share jumps, look at retries in the tracking."),
        )  # fmt: skip
    elif n and n <= total * 0.2:
        yield Finding(
            "repeated_ids", grade(n, total, warning=0.001, serious=0.02), n, total,
            Text(f"列 {name} 像是事件编号，但有 {n:,} 行（{percent(n, total)}）与另一行重复。", f"Column {name} looks like the id of an event, and {n:,} rows ({percent(n, total)}) share theirs with another."),
            Text("若这些行是同一次事件，次数与金额会被高估。", "If these rows are one event, counts and sums are too high."),
            Text(f"在 metrics.yaml 的数据源中写上 id: {name}，即可合并。", f"Write id: {name} in the source of metrics.yaml to merge them."),
        )  # fmt: skip


def check_values(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Find rows without a user, with a stand-in for one, at impossible times, with and without a time zone."""
    now = datetime.now(UTC).replace(tzinfo=None)
    soon = now + _SKEW
    known = rows.user.notnull()
    counts = rows.agg(
        total=rows.count(),
        anonymous=(~known).sum().coalesce(0),
        stand_in=rows.user.lower().isin(_PLACEHOLDERS).sum().coalesce(0),
        untimed=rows["at"].isnull().sum().coalesce(0),
        future=(rows["at"] > soon).sum().coalesce(0),
        ancient=(rows["at"] < _EARLIEST).sum().coalesce(0),
        zoned=(rows.has_zone & rows["at"].notnull()).sum().coalesce(0),
    )
    found = {k: int(v) for k, v in scope.source.engine.fetch_row(counts).items()}
    yield from _users(scope, found)
    yield from _times(scope, found)


def _users(scope: Scope, found: dict[str, int]) -> Iterator[Finding]:
    if scope.source.definition.user is None:
        return
    total, n = found["total"], found["anonymous"]
    column = show(scope.source.definition.user)
    if n:
        yield Finding(
            "users_without_id", grade(n, total, warning=0.01, serious=0.2), n, total,
            Text(f"{n:,} 行（{percent(n, total)}）的 {column} 为空，未计入。", f"{n:,} rows ({percent(n, total)}) have no {column} and are left out."),
            Text("活跃、漏斗和留存会偏低；若只有未登录用户缺失，转化率会偏高。", "Active users, funnels and retention are too low; where only visitors lack it, conversion is too high."),
            Text("上报时带上设备或匿名编号；若本应如此，可改用始终有值的列作为 user。", "Send a device or anonymous id with each event, or name as `user` a column that is always filled."),
        )  # fmt: skip
    if n := found["stand_in"]:
        yield Finding(
            "stand_in_users", grade(n, total, warning=0.0, serious=0.05), n, total,
            Text(f"{n:,} 行（{percent(n, total)}）的 {column} 是 0、null、unknown 一类的占位值。", f"{n:,} rows ({percent(n, total)}) have a stand-in such as 0, null or unknown as {column}."),
            Text("许多人被算作一个人：人均次数、留存和漏斗失真。", "Many people count as one: averages per user, retention and funnels are off."),
            Text(f"用 where 去掉它们，例如 where: {{{column}: '!= unknown'}}。", f"Leave them out, e.g. where: {{{column}: '!= unknown'}}."),
        )  # fmt: skip


def _times(scope: Scope, found: dict[str, int]) -> Iterator[Finding]:
    total = found["total"]
    column = show(scope.source.definition.time)
    if n := found["untimed"]:
        yield Finding(
            "rows_without_time", grade(n, total, warning=0.001, serious=0.05), n, total,
            Text(f"{n:,} 行（{percent(n, total)}）的 {column} 为空或不是时间，未计入。", f"{n:,} rows ({percent(n, total)}) have no usable {column} and are left out."),
            Text("次数和人数会偏低。", "Counts and users are too low."),
            Text("检查导出时的时间格式是否前后一致。", "See whether the export writes all times in one format."),
        )  # fmt: skip
    if n := found["future"]:
        yield Finding(
            "events_in_the_future", "serious", n, total,
            Text(f"{n:,} 行（{percent(n, total)}）的时间在未来。", f"{n:,} rows ({percent(n, total)}) lie in the future."),
            Text("“截至日期”会跑到未来，最近几天的留存被误判为已成熟；也可能整列时区有误。", "The data seems fresher than it is, and recent cohorts count as complete; or the time zone of the column is wrong."),
            Text(f"核对时区（time_zone）与设备时钟；或用 where: {{{column}: '<= 日期'}} 去掉。", f"Check the zone (time_zone) and the devices' clocks, or leave them out: where: {{{column}: '<= DATE'}}."),
        )  # fmt: skip
    if 0 < (n := found["ancient"]) <= total / 2:  # else it is history
        yield Finding(
            "events_before_2000", "serious", n, total,
            Text(f"{n:,} 行（{percent(n, total)}）的时间早于 2000 年。", f"{n:,} rows ({percent(n, total)}) lie before the year 2000."),
            Text("这些用户的“首次”被提前几十年，新增与首次留存出错。", "The first event of their users lies decades back: new users and first-time retention are wrong."),
            Text(f"多为时钟归零；用 where: {{{column}: '>= 2000-01-01'}} 去掉。", f"Mostly clocks that were reset; leave them out: where: {{{column}: '>= 2000-01-01'}}."),
        )  # fmt: skip
    timed, zoned = total - found["untimed"], found["zoned"]
    if 0 < zoned < timed:
        n = min(zoned, timed - zoned)
        yield Finding(
            "mixed_time_zones", "serious", n, timed,
            Text(f"{column} 中 {zoned:,} 行的时间带时区，{timed - zoned:,} 行不带。", f"In {column}, {zoned:,} times carry a time zone and {timed - zoned:,} do not."),
            Text(f"不带时区的按 {scope.semantics.timezone} 理解；若其实是 UTC，日期会错位，跨零点的事件算到另一天。", f"Those without are read as {scope.semantics.timezone}; if they are UTC in truth, events fall on the wrong day."),
            Text("统一导出为带时区的时间，或用 time_zone 写明不带时区的时间属于哪个时区。", "Export all with a zone, or say with time_zone what the ones without mean."),
        )  # fmt: skip


def check_lateness(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Find events that reached the servers over a day after they happened, or before they did."""
    column = find_received(scope)
    if column is None:
        return
    try:
        both = received_rows(scope, column)
        found = _lags(scope, both)
    except MetricError:
        if scope.source.definition.received:
            raise
        return  # A column that only looked like one.
    n, early, total = found["late"], found["early"], found["total"]
    name = show(column)
    if n:
        yield Finding(
            "late_events", grade(n, total, warning=0.005, serious=0.05), n, total,
            Text(f"{n:,} 个事件（{percent(n, total)}）在发生 1 天之后才到达（按 {name}），最晚 {found['days']:,} 天。", f"{n:,} events ({percent(n, total)}) arrived over a day after they happened (by {name}), the latest {found['days']:,} days."),
            Text("最近几天的数字以后还会上涨，现在与往期比较会显得下降。", "Figures of the last days will still grow; compared now with earlier ones they seem to fall."),
            Text("比较时避开最近几天，或等数据补齐后再看。", "Leave the last days out of comparisons, or wait until they are complete."),
        )  # fmt: skip
    if early:
        yield Finding(
            "received_before_they_happened", grade(early, total, warning=0.001, serious=0.05), early, total,
            Text(f"{early:,} 个事件（{percent(early, total)}）的发生时间晚于到达时间（{name}）1 小时以上。", f"{early:,} events ({percent(early, total)}) happened over an hour after they were received ({name})."),
            Text("设备时钟过快，或两列时区不同；事件可能算到另一天。", "Clocks of devices are fast, or the two columns differ in zone; events may fall on another day."),
            Text("核对两列的时区；若只是个别设备，可忽略。", "Compare the zones of the columns; a few devices can be ignored."),
        )  # fmt: skip


def _lags(scope: Scope, both: "ibis.Table") -> dict[str, int]:
    lag = both.received.epoch_seconds() - both["at"].epoch_seconds()
    counts: dict[str, Any] = {
        "total": lag.count(),
        "late": (lag > _LATE.total_seconds()).sum().coalesce(0),
        "early": (lag < -_SKEW.total_seconds()).sum().coalesce(0),
        "days": (lag.max() // 86_400).coalesce(0),
    }
    return {k: int(v) for k, v in scope.source.engine.fetch_row(both.agg(**counts)).items()}


def check_bots(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Find users who do more in a day than a person can, or go on around the clock."""
    if scope.source.definition.user is None:
        return
    usable = rows.filter(rows.user.notnull() & rows["at"].notnull())
    days = usable.group_by("user", "day").agg(n=usable.count(), hours=usable["at"].hour().nunique())
    usual = scope.source.engine.fetch_row(
        days.agg(n=days.n.median().coalesce(0), total=days.n.sum().coalesce(0))
    )
    most = max(500, 50 * int(usual["n"]))
    is_bot = (days.n > most) | ((days.hours >= 22) & (days.n >= 200))
    bots = (
        days.group_by("user")
        .agg(n=days.n.sum(), peak=days.n.max(), bot=is_bot.sum())
        .filter(lambda t: t.bot > 0)
    )
    found = scope.source.engine.fetch(bots.order_by([bots.n.desc(), bots.user]).limit(1_000))
    if found.empty:
        return
    users, n, total = len(found), int(found["n"].sum()), int(usual["total"])
    keys = [show(user) for user in found["user"]] if scope.source.definition.min_group <= 1 else []
    zh, en = (listed(keys, language) for language in ("zh", "en"))
    column = show(scope.source.definition.user)
    yield Finding(
        "bots", grade(n, total, warning=0.001, serious=0.05), users, None,
        Text(f"{users:,} 个用户像是机器人{f'（{zh}）' if zh else ''}：单日最多 {int(found['peak'].max()):,} 个事件，或昼夜不停；共占全部事件的 {percent(n, total)}。", f"{users:,} users look like bots{f' ({en})' if en else ''}: up to {int(found['peak'].max()):,} events in a day, or around the clock; they make {percent(n, total)} of all events."),
        Text("次数、人均值和漏斗步数会被拉高。", "Counts, averages per user and funnel entries are too high."),
        Text(f"确认是测试账号或爬虫后，用 where 去掉，例如 where: {{{column}: '!= 编号'}}。", f"If they are test accounts or crawlers, leave them out, e.g. where: {{{column}: '!= ID'}}."),
    )  # fmt: skip
