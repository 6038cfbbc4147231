"""Events of users in the order in which they were done, cut into sessions.

A session ends where its user pauses for longer than a gap (posthog.com/docs/data/sessions: by default 30
minutes). Events at the same instant follow the alphabet.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tools.periods import Period
from tools.scope import FilterValues, Scope, keep, within
from tools.sorted_events import number_users, read_pieces, sort_events
from tools.step_events import encode_text

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Sessions:
    """Shown events in order.

    Attributes:
        users, sessions, codes: of each event; sessions are numbered from 0, codes index `names`.
        names: recorded names of the events.
    """

    users: "np.ndarray"
    sessions: "np.ndarray"
    codes: "np.ndarray"
    names: list[str]

    def starts(self) -> "np.ndarray":
        """Return where each session begins."""
        import numpy as np

        fresh = np.ones(len(self.sessions), dtype=bool)
        fresh[1:] = self.sessions[1:] != self.sessions[:-1]
        return np.flatnonzero(fresh)


def cut_sessions(
    scope: Scope,
    period: Period,
    gap: timedelta,
    *,
    filters: FilterValues,
    shown: frozenset[str],
    collapse_repeats: bool,
) -> Sessions:
    """Cut a period's events into sessions, then leave out what is not shown.

    Args:
        scope: the source.
        period: local days.
        gap: a longer pause ends a session.
        filters: hold for every event.
        shown: recorded names of the events to show; others are activity all the same.
        collapse_repeats: whether an event counts once where it follows itself within a session.
    """
    import numpy as np

    users, times, codes, names = _fetch(scope, period, filters)
    users, times, codes = sort_events([(users, times, codes)]).take()
    fresh = np.ones(len(users), dtype=bool)
    fresh[1:] = (users[1:] != users[:-1]) | (np.diff(times) > gap // timedelta(microseconds=1))
    sessions = np.cumsum(fresh) - 1
    is_shown = np.array([name in shown for name in names], dtype=bool)
    kept = np.flatnonzero(is_shown[codes]) if len(codes) else np.zeros(0, dtype=np.int64)
    if collapse_repeats:
        follows = np.zeros(len(kept), dtype=bool)
        follows[1:] = (codes[kept][1:] == codes[kept][:-1]) & (sessions[kept][1:] == sessions[kept][:-1])
        kept = kept[~follows]
    return Sessions(users[kept], sessions[kept], codes[kept], names)


def _fetch(
    scope: Scope, period: Period, filters: FilterValues
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray", list[str]]:
    """Fetch user, time and code of every event, and what the codes stand for."""
    import numpy as np

    source, calendar = scope.source, scope.calendar
    if filters:
        rows = within(keep(source.events, filters), period, calendar)
        table = source.engine.fetch_arrow(rows.select("user", "at", "event"))
        events = encode_text(table["event"])
        codes, names = events.codes, events.names
    else:
        first, after = calendar.instant(period.start), calendar.instant(period.end + timedelta(days=1))
        rows = source.event_times.table().filter(
            *source.event_times.between(first, after - timedelta(microseconds=1))
        )
        table = source.engine.fetch_arrow(rows.select("user", "at", "event_code"))
        codes, names = table["event_code"].to_numpy(), sorted(source.event_times.codes())
        in_order = np.array(
            [names.index(n) for n, _ in sorted(source.event_times.codes().items(), key=lambda c: c[1])]
        )
        codes = in_order[codes] if len(codes) else codes
    users, times = (np.concatenate(c) for c in zip(*read_pieces(table, "user", "at"), strict=True))
    return number_users([users])[0], times, codes.astype(np.int64), names
