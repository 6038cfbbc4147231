"""The table of user-days says what the events say."""

from tests.tools.conftest import Opener

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
