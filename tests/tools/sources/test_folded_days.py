"""Folded days say what windows over the days themselves say."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.periods import Calendar
from tools.sources import folded_days
from tools.sources.engine import Engine
from tools.sources.folded_days import DayGrid, fold_days, list_days, tally_arrivals, tally_returns
from tools.sources.user_days import add_month, count_arrivals, count_own_returns, find_active

if TYPE_CHECKING:
    import ibis
    import pytest

CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"), week_start=0)
# Days before 1970 and after; users as many as a data base may number, and below zero.
Seen = list[tuple[int, int]]
SEEN = st.lists(
    st.tuples(st.sampled_from([-(2**40), -1, 0, 1, 2**62]), st.integers(-70, 70)), min_size=1, max_size=60
)


def _sorted(engine: Engine, table: "ibis.Table | pa.Table") -> list[dict[str, Any]]:
    rows = (table if isinstance(table, pa.Table) else engine.fetch_arrow(table)).to_pylist()
    return sorted(rows, key=lambda row: [(v is not None, v) for v in row.values()])


@settings(deadline=None, max_examples=25)
@given(SEEN)
def test_what_is_unfolded_is_what_windows_find(seen: Seen) -> None:
    _check(seen)


def test_pieces_make_the_same_whole(monkeypatch: "pytest.MonkeyPatch") -> None:
    seen = [(user, day) for user in range(40) for day in range(-50, 90, 1 + user % 7)]
    monkeypatch.setattr(folded_days, "_WORDS_AT_ONCE", 3)
    _check(seen)


def _check(seen: Seen) -> None:
    engine = Engine(memory_limit="1GB", timeout=60)
    try:
        users, days = (
            pa.array(column, kind)
            for column, kind in zip(zip(*seen, strict=True), (pa.int64(), pa.int32()), strict=True)
        )
        rows = engine.load_raw(pa.table({"user": users, "day": days}))
        words = engine.fetch_arrow(fold_days(rows).order_by("user", "word"))
        active = add_month(engine.keep("active", find_active(rows)))
        assert _sorted(engine, list_days(words)) == _sorted(engine, active.drop("month"))
        assert _sorted(engine, tally_arrivals(words)) == _sorted(engine, count_arrivals(active))
        for interval in ("day", "week", "month"):
            own = count_own_returns(active, CALENDAR, interval)
            assert _sorted(engine, tally_returns(words, CALENDAR, interval)) == _sorted(engine, own)
    finally:
        engine.close()


def test_of_nobody_there_are_no_days() -> None:
    words = pa.table(
        {"user": pa.array([], pa.int32()), "word": pa.array([], pa.int32()), "bits": pa.array([], pa.int64())}
    )
    for found in (list_days(words), tally_arrivals(words), tally_returns(words, CALENDAR, "week")):
        assert len(found) == 0


def test_marked_days_are_those_of_groups() -> None:
    """A grid leaves out a time without a day, and knows events that lie outside."""
    engine = Engine(memory_limit="1GB", timeout=60)
    try:
        seen = [(user, day) for user in range(-3, 40) for day in range(-50, 90, 1 + abs(user) % 7)]
        users, days = (
            pa.array(column, pa.int32()) for column in zip(*seen, (5, None), (5, -50), (5, 89), strict=True)
        )
        rows = engine.load_raw(pa.table({"user": users, "day": days}))
        grouped = engine.fetch_arrow(fold_days(rows).order_by("user", "word"))
        grid = DayGrid((-5, 39), (-50, 89))
        marked = grid.fold(engine.fetch_pieces(grid.place(rows)))
        assert marked is not None
        assert marked.to_pylist() == grouped.to_pylist()
        assert grid.pays(len(seen))
        assert not grid.pays(500)
        for outside in (DayGrid((-3, 20), (-50, 89)), DayGrid((10, 39), (-50, 89))):
            assert outside.fold(engine.fetch_pieces(outside.place(rows))) is None
    finally:
        engine.close()
