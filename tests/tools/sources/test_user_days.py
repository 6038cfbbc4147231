"""The table of user-days says what the events say."""

from typing import TYPE_CHECKING

from tests.tools.conftest import Opener, Workspace

if TYPE_CHECKING:
    import ibis

EVENTS = [
    ("a", "visit", "2026-06-01 23:30", "web"),
    ("a", "visit", "2026-06-01 08:00", "app"),
    ("a", "visit", "2026-06-01 09:00", "web"),
    ("a", "order", "2026-06-01 10:00", "web"),
    ("b", "visit", "2026-06-02 00:10", "web"),
]


def test_rows_of_a_user_event_and_day_are_one(open_workspace: Opener) -> None:
    opened = open_workspace(EVENTS, extra="dimensions: {channel: {column: channel}}\n")
    source = opened.metrics._sources.get("events")
    found = source.engine.fetch(source.user_days.table().order_by("at"))
    assert [(r.user, r.event, r.d_channel, str(r.at), r.events) for r in found.itertuples()] == [
        (0, "visit", "app", "2026-06-01 08:00:00", 1),
        (0, "visit", "web", "2026-06-01 09:00:00", 2),
        (0, "order", "web", "2026-06-01 10:00:00", 1),
        (1, "visit", "web", "2026-06-02 00:10:00", 1),
    ]
    assert source.user_days.table() is source.user_days.table()


def test_active_days_know_the_day_before_and_the_first(open_workspace: Opener) -> None:
    opened = open_workspace(
        [
            ("a", "visit", "2026-06-01 08:00"),
            ("a", "order", "2026-06-01 09:00"),
            ("a", "order", "2026-06-04 09:00"),
            ("a", "visit", "2026-06-08 08:00"),
            ("b", "visit", "2026-06-04 08:00"),
        ]
    )
    days = opened.metrics._sources.get("events").user_days
    first = 20605  # 2026-06-01, in days since 1970
    assert _listed(opened, days.active(None), "user", "day", "before", "first") == [
        (0, first, None, first),
        (0, first + 3, first, first),
        (0, first + 7, first + 3, first),
        (1, first + 3, None, first + 3),
    ]
    # Of orders alone, a has two days; b has none.
    assert _listed(opened, days.active(frozenset({"order"})), "user", "day", "before", "first") == [
        (0, first, None, first),
        (0, first + 3, first, first),
    ]
    # On the 4th, one came from the 1st and one anew.
    assert _listed(opened, days.arrivals(None), "day", "before", "users") == [
        (first, None, 1),
        (first + 3, first, 1),
        (first + 3, None, 1),
        (first + 7, first + 3, 1),
    ]
    assert days.arrivals(None) is days.arrivals(None)


def _listed(opened: Workspace, table: "ibis.Table", *columns: str) -> list[tuple[int | None, ...]]:
    frame = opened.metrics._sources.get("events").engine.fetch(table.order_by(columns))[list(columns)]
    return [tuple(None if v != v else int(v) for v in row) for row in frame.to_numpy(dtype=float)]
