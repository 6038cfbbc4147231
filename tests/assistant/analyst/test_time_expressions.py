"""Periods in both languages against a fixed Monday, 2026-09-28."""

from datetime import date

import pytest

from assistant.analyst.clock import Clock
from assistant.analyst.time_expressions import find_period, find_periods
from assistant.errors import InvalidRequest

CLOCK = Clock(today=date(2026, 9, 28), last_full_day=date(2026, 9, 28))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("上周次日留存为什么掉了?", "2026-09-21", "2026-09-27"),
        ("双11期间成交额", "2025-11-01", "2025-11-11"),
        ("今年双十一当天", "2026-11-11", "2026-11-11"),
        ("2024年双12", "2024-12-01", "2024-12-12"),
        ("GMV on Singles' Day", "2025-11-01", "2025-11-11"),
        ("Black Friday GMV", "2025-11-28", "2025-11-28"),
        ("2024 黑五", "2024-11-29", "2024-11-29"),
        ("What was GMV in 2024?", "2024-01-01", "2024-12-31"),
        ("上上周的DAU", "2026-09-14", "2026-09-20"),
        ("本周", "2026-09-28", "2026-10-04"),
        ("Why did retention fall last week?", "2026-09-21", "2026-09-27"),
        ("上个月GMV", "2026-08-01", "2026-08-31"),
        ("this month", "2026-09-01", "2026-09-30"),
        ("9月的留存", "2026-09-01", "2026-09-30"),
        ("12月", "2025-12-01", "2025-12-31"),
        ("2026年6月", "2026-06-01", "2026-06-30"),
        ("in August", "2026-08-01", "2026-08-31"),
        ("June 2026", "2026-06-01", "2026-06-30"),
        ("最近7天", "2026-09-22", "2026-09-28"),
        ("近三十天", "2026-08-30", "2026-09-28"),
        ("过去两周", "2026-09-15", "2026-09-28"),
        ("最近一周", "2026-09-22", "2026-09-28"),
        ("last 30 days", "2026-08-30", "2026-09-28"),
        ("past two weeks", "2026-09-15", "2026-09-28"),
        ("last 3 months", "2026-06-29", "2026-09-28"),
        ("昨天", "2026-09-27", "2026-09-27"),
        ("yesterday", "2026-09-27", "2026-09-27"),
        ("8月11日到8月14日", "2026-08-11", "2026-08-14"),
        ("8月11日至14日", "2026-08-11", "2026-08-14"),
        ("2026-08-11 到 2026-08-14", "2026-08-11", "2026-08-14"),
        ("from August 11 to August 14", "2026-08-11", "2026-08-14"),
        ("payment success on Android from 11 to 14 August?", "2026-08-11", "2026-08-14"),
        ("28 July to 3 August", "2026-07-28", "2026-08-03"),
        ("on 11 August 2026", "2026-08-11", "2026-08-11"),
        ("Aug 11-14, 2026", "2026-08-11", "2026-08-14"),
        ("between 2026-08-11 and 2026-08-14", "2026-08-11", "2026-08-14"),
        ("9月21日", "2026-09-21", "2026-09-21"),
        ("since September 21", "2026-09-21", "2026-09-28"),
        ("9月21日以来", "2026-09-21", "2026-09-28"),
        ("Q2", "2026-04-01", "2026-06-30"),
        ("第三季度", "2026-07-01", "2026-09-30"),
        ("上季度", "2026-04-01", "2026-06-30"),
        ("九月GMV", "2026-09-01", "2026-09-30"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("8月上半月的日活", "2026-08-01", "2026-08-15"),
        ("8月份的下旬", "2026-08-21", "2026-08-31"),
        ("二月下半月", "2026-02-16", "2026-02-28"),
        ("上个月中旬", "2026-08-11", "2026-08-20"),
        ("the second half of August", "2026-08-16", "2026-08-31"),
        ("GMV in early June", "2026-06-01", "2026-06-10"),
        ("orders in the last week of July 2026", "2026-07-25", "2026-07-31"),
        ("H1", "2026-01-01", "2026-06-30"),
        ("上周三", "2026-09-23", "2026-09-23"),
        ("上周日活", "2026-09-21", "2026-09-27"),
        ("week of 10 August", "2026-08-10", "2026-08-16"),
        ("9月20日到9月30日", "2026-09-20", "2026-09-30"),
        ("9月30日", "2026-09-30", "2026-09-30"),
        ("12月20日到1月5日", "2025-12-20", "2026-01-05"),
        ("今年", "2026-01-01", "2026-12-31"),
        ("MAU since June", "2026-06-01", "2026-09-28"),
        ("7 月以来的周留存", "2026-07-01", "2026-09-28"),
        ("今年以来", "2026-01-01", "2026-09-28"),
        ("自 2026-08-01 的新增", "2026-08-01", "2026-09-28"),
        ("8 月活跃用户", "2026-08-01", "2026-08-31"),
    ],
)
def test_period(text: str, start: str, end: str) -> None:
    period = find_period(text, CLOCK)
    assert period is not None
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


@pytest.mark.parametrize("text", ["GMV from June to August", "6 月到 8 月的成交额", "2026-06 至 2026-08"])
def test_two_periods_that_are_the_ends_of_one(text: str) -> None:
    (period,) = find_periods(text, CLOCK)
    assert (period.start, period.end) == (date(2026, 6, 1), date(2026, 8, 31))


@pytest.mark.parametrize("text", ["compare July to August", "8 月和 7 月比", "July vs August"])
def test_two_periods_that_are_set_side_by_side(text: str) -> None:
    assert len(find_periods(text, CLOCK)) == 2


@pytest.mark.parametrize("text", ["什么是 KOC?", "how do we win back dormant users", "we may try that", ""])
def test_no_period(text: str) -> None:
    assert find_period(text, CLOCK) is None


def test_the_one_before_is_of_the_same_kind() -> None:
    august = find_period("8月", CLOCK)
    assert august is not None
    assert (august.before().start, august.before().end) == (date(2026, 7, 1), date(2026, 7, 31))
    week = find_period("上周", CLOCK)
    assert week is not None
    assert week.before().end == date(2026, 9, 20)


@pytest.mark.parametrize(
    "text", ["2026-09-27 到 2026-09-01", "9月27日到9月1日", "from September 27 to September 1"]
)
def test_a_backwards_range_is_named(text: str) -> None:
    with pytest.raises(InvalidRequest, match="ends"):
        find_period(text, CLOCK)


def test_a_day_that_does_not_exist_is_named() -> None:
    with pytest.raises(InvalidRequest, match="no such day"):
        find_period("2026-02-30", CLOCK)


def test_a_leap_day_exists_in_a_leap_year() -> None:
    period = find_period("2028年2月", Clock(date(2028, 3, 1), date(2028, 3, 1)))
    assert period is not None
    assert period.end == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", ["DAU in the second half of August compared with the first half", "8月下半月的日活比上半月多多少"]
)
def test_the_halves_of_a_month_are_set_beside_each_other(text: str) -> None:
    days = sorted((p.start.isoformat(), p.end.isoformat()) for p in find_periods(text, CLOCK))
    assert days == [("2026-08-01", "2026-08-15"), ("2026-08-16", "2026-08-31")]
