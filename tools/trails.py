"""One path per session, the kinds of path there are, and loops."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.sessions import Sessions

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Trails:
    """One path per session.

    Attributes:
        codes: array (paths, steps) in the order of time from the event on, or back from it; -1 after the end.
        users, sessions: of each path.
    """

    codes: "np.ndarray"
    users: "np.ndarray"
    sessions: "np.ndarray"


def follow_trails(
    sessions: Sessions, anchors: frozenset[str] | None, direction: str, max_steps: int
) -> Trails:
    """Cut one path out of each session that has an anchor (every session, if None).

    Args:
        sessions: the events.
        anchors: recorded names to start from, the first of a session, or to lead to, the last of it.
        direction: "from" or "to".
        max_steps: most events of a path.
    """
    import numpy as np

    starts = sessions.starts()
    ends = np.append(starts[1:], len(sessions.codes)) - 1
    rows = np.arange(len(sessions.codes))
    is_anchor = np.ones(len(sessions.names), dtype=bool)
    if anchors is not None:
        is_anchor = np.array([name in anchors for name in sessions.names], dtype=bool)
    found = rows[is_anchor[sessions.codes]] if len(rows) else rows
    # The last of a session is the first when read backwards.
    found = found if direction == "from" else found[::-1]
    _, position = np.unique(sessions.sessions[found], return_index=True)
    at = found[position]
    inside = np.searchsorted(starts, at, side="right") - 1
    columns = []
    for step in range(max_steps):
        row = at + step if direction == "from" else at - step
        valid = (row <= ends[inside]) & (row >= starts[inside])
        columns.append(np.where(valid, sessions.codes[np.where(valid, row, at)], -1))
    codes = np.stack(columns, axis=1)
    return Trails(codes, sessions.users[at], sessions.sessions[at])


def count_paths(sessions: Sessions, trails: Trails, *, backwards: bool) -> "pd.DataFrame":
    """Return rows (path, events, users, occurrences), most users first; `path` is a tuple of recorded names."""
    import numpy as np
    import pandas as pd

    base, reach = len(sessions.names) + 1, 1
    kinds = np.zeros(len(trails.users), dtype=np.int64)
    for column in trails.codes.T:
        if reach > _LARGEST // base:
            distinct, kinds = np.unique(kinds, return_inverse=True)
            reach = len(distinct)
        kinds, reach = kinds * base + column + 1, reach * base
    _, kinds = np.unique(kinds, return_inverse=True)
    _, first = np.unique(kinds, return_index=True)
    paths = [tuple(sessions.names[c] for c in trails.codes[row] if c >= 0) for row in first]
    paths = [path[::-1] for path in paths] if backwards else paths
    return _rank(pd.DataFrame({"path": paths, "events": list(map(len, paths))}), kinds, trails.users)


def count_loops(sessions: Sessions, trails: Trails) -> "pd.DataFrame":
    """Return rows (path, events, users, occurrences, sessions) of A, B, A one upon the other, in sessions with a path."""
    import numpy as np
    import pandas as pd

    codes, of = sessions.codes, sessions.sessions
    rows = np.arange(max(len(codes) - 2, 0))
    back = (codes[rows] == codes[rows + 2]) & (codes[rows] != codes[rows + 1]) & (of[rows] == of[rows + 2])
    rows = rows[back & np.isin(of[rows], trails.sessions)]
    pairs = codes[rows] * len(sessions.names) + codes[rows + 1]
    distinct, kinds = np.unique(pairs, return_inverse=True)
    ends = [
        (sessions.names[p // len(sessions.names)], sessions.names[p % len(sessions.names)]) for p in distinct
    ]
    paths = [(one, two, one) for one, two in ends]
    visited = _count_distinct(kinds, of[rows], len(distinct))
    table = pd.DataFrame({"path": paths, "events": [3] * len(paths), "sessions": visited})
    return _rank(table, kinds, sessions.users[rows])


def _rank(table: "pd.DataFrame", kinds: "np.ndarray", users: "np.ndarray") -> "pd.DataFrame":
    import numpy as np

    counted = table.assign(
        users=_count_distinct(kinds, users, len(table)), occurrences=np.bincount(kinds, minlength=len(table))
    )
    return counted.sort_values(
        ["users", "occurrences", "path"], ascending=[False, False, True], ignore_index=True
    )


def _count_distinct(kinds: "np.ndarray", values: "np.ndarray", count: int) -> "np.ndarray":
    import numpy as np

    if not len(kinds):
        return np.zeros(count, dtype=np.int64)
    width = int(values.max()) + 1
    pairs = np.unique(kinds.astype(np.int64) * width + values)
    return np.bincount(pairs // width, minlength=count)
