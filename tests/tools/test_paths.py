"""Paths by hand: sessions, direction, repeats, hidden events, thresholds and loops."""

import numpy as np
import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools.errors import InvalidArgument

DAY = {"start": "2026-03-01", "end": "2026-03-02", "min_users": 1}
# User 1: A B A C in one session. User 2: A A B, then after 31 minutes A C. User 3: B C.
ROWS = [
    (1, "A", "2026-03-01 10:00"),
    (1, "B", "2026-03-01 10:01"),
    (1, "A", "2026-03-01 10:02"),
    (1, "C", "2026-03-01 10:03"),
    (2, "A", "2026-03-01 10:00"),
    (2, "A", "2026-03-01 10:01"),
    (2, "B", "2026-03-01 10:02"),
    (2, "A", "2026-03-01 10:33"),
    (2, "C", "2026-03-01 10:34"),
    (3, "B", "2026-03-01 10:00"),
    (3, "C", "2026-03-01 10:10"),
]


def paths(result, kind: str = "path") -> dict[str, tuple[int, int]]:
    rows = result.table[result.table["kind"] == kind]
    return {p: (u, n) for p, u, n in zip(rows["path"], rows["users"], rows["occurrences"], strict=True)}


def test_paths_from_an_event(open_workspace: Opener):
    # Three sessions have an A: user 1's A B A C, user 2's A (A) B and A C. Each is one of three, a third.
    result = open_workspace(ROWS).run("measure_paths", event="A", **DAY)
    assert paths(result) == {"A → B": (1, 1), "A → B → A → C": (1, 1), "A → C": (1, 1)}
    assert result.n == 3
    assert result.table["share"].tolist()[:3] == [pytest.approx(1 / 3)] * 3
    values = {f.name: f.value for f in result.figures}
    assert values["path_users"] == 2
    # All three go on from A; of those three only user 1 goes on from the second event.
    assert values["step_1_drop_off"] == 0.0
    assert values["step_2_drop_off"] == pytest.approx(2 / 3)


def test_paths_to_an_event(open_workspace: Opener):
    # Up to the last C of each session: A B A C, A C, B C.
    result = open_workspace(ROWS).run("measure_paths", event="C", direction="to", **DAY)
    assert paths(result) == {"A → B → A → C": (1, 1), "A → C": (1, 1), "B → C": (1, 1)}


def test_fewer_steps_cut_a_path(open_workspace: Opener):
    # With two events both A B… become A B: users 1 and 2.
    result = open_workspace(ROWS).run("measure_paths", event="A", max_steps=2, **DAY)
    assert paths(result) == {"A → B": (2, 2), "A → C": (1, 1)}


def test_a_longer_gap_joins_sessions(open_workspace: Opener):
    # 31 minutes of pause do not end a session of gap 31m: user 2 does A B A C as a whole, like user 1.
    result = open_workspace(ROWS).run("measure_paths", event="A", session_gap="31m", **DAY)
    assert paths(result) == {"A → B → A → C": (2, 2)}


def test_repeats_count_each_when_asked(open_workspace: Opener):
    result = open_workspace(ROWS).run("measure_paths", event="A", collapse_repeats=False, **DAY)
    assert paths(result) == {"A → A → B": (1, 1), "A → B → A → C": (1, 1), "A → C": (1, 1)}


def test_hidden_events_are_left_out_before_repeats_are_joined(open_workspace: Opener):
    # Without B user 1 does A A C, that is A C; user 2 does A, and A C; user 3 has no A.
    result = open_workspace(ROWS).run("measure_paths", event="A", hide=["B"], **DAY)
    assert paths(result) == {"A → C": (2, 2), "A": (1, 1)}
    same = open_workspace(ROWS).run("measure_paths", event="A", only=["A", "C"], **DAY)
    assert paths(same) == paths(result)


def test_without_an_event_paths_begin_with_the_session(open_workspace: Opener):
    result = open_workspace(ROWS).run("measure_paths", **DAY)
    assert paths(result) == {"A → B": (1, 1), "A → B → A → C": (1, 1), "A → C": (1, 1), "B → C": (1, 1)}
    ends = open_workspace(ROWS).run("measure_paths", direction="to", max_steps=2, **DAY)
    # The last two events: A C of users 1 and 2, A B of user 2's first session, B C of user 3.
    assert paths(ends) == {"A → C": (2, 2), "A → B": (1, 1), "B → C": (1, 1)}


def test_rare_paths_are_not_shown(open_workspace: Opener):
    # A B has users 1 and 2; A C only user 2, one of three sessions.
    asked = DAY | {"min_users": 2}
    result = open_workspace(ROWS).run("measure_paths", event="A", max_steps=2, **asked)
    assert paths(result) == {"A → B": (2, 2)}
    assert any("1 path of fewer than 2 users" in w.en and "33.3%" in w.en for w in result.warnings)


def test_top_limits_what_is_shown(open_workspace: Opener):
    assert len(paths(open_workspace(ROWS).run("measure_paths", event="A", top=1, **DAY))) == 1


def test_loops_are_counted_by_users_sessions_and_occurrences(open_workspace: Opener):
    # User 1: A B A B A has loops A B A twice and B A B once. User 2: A B C none.
    rows = [(1, e, f"2026-03-01 10:0{i}") for i, e in enumerate("ABABA")]
    rows += [(2, e, f"2026-03-01 10:0{i}") for i, e in enumerate("ABC")]
    result = open_workspace(rows).run("measure_paths", event="A", **DAY)
    assert paths(result, "loop") == {"A → B → A": (1, 2), "B → A → B": (1, 1)}
    # One of the two sessions has the loop.
    loops = result.table[result.table["kind"] == "loop"]
    assert loops["share"].tolist() == [0.5, 0.5]


def test_filters_hold_for_every_event(open_workspace: Opener):
    rows = [(*row, "x" if row[0] < 3 else "y") for row in ROWS]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    result = workspace.run("measure_paths", event="B", filters={"channel": ["y"]}, **DAY)
    assert paths(result) == {"B → C": (1, 1)}


def test_events_at_one_instant_follow_the_alphabet(open_workspace: Opener):
    rows = [(1, "C", "2026-03-01 10:00"), (1, "A", "2026-03-01 10:00"), (1, "B", "2026-03-01 10:00")]
    assert paths(open_workspace(rows).run("measure_paths", **DAY)) == {"A → B → C": (1, 1)}


def test_sessions_end_with_the_period_and_the_user(open_workspace: Opener):
    rows = [(1, "A", "2026-03-02 23:59"), (1, "B", "2026-03-03 00:01"), (2, "C", "2026-03-02 23:59")]
    assert paths(open_workspace(rows).run("measure_paths", **DAY)) == {"A": (1, 1), "C": (1, 1)}


def test_nobody_does_the_event(open_workspace: Opener):
    rows = [(1, "A", "2026-03-05 10:00"), (1, "B", "2026-03-01 10:00")]
    result = open_workspace(rows).run("measure_paths", event="A", **DAY)
    assert result.n == 0
    assert result.table.empty


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        ({"event": "Z"}, "event: Z is not known", "未知的事件"),
        ({"max_steps": 1}, "max_steps 1 is not between 2 and 10", "须在 2 到 10 之间"),
        ({"session_gap": "0m"}, "session_gap cannot be 0m", "session_gap 不能是 0m"),
        ({"event": "A", "hide": ["A"]}, "not among the events shown", "不在显示的事件之中"),
        ({"top": 0}, "top 0 is not between", "top（0）"),
    ],
)
def test_bad_arguments_get_a_sentence(open_workspace: Opener, arguments, en, zh):
    with pytest.raises(InvalidArgument) as caught:
        open_workspace(ROWS).run("measure_paths", **(DAY | arguments))
    assert en in caught.value.en
    assert zh in caught.value.zh


@pytest.mark.parametrize(
    ("names", "max_steps", "direction"), [(4, 3, "from"), (300, 10, "from"), (300, 10, "to")]
)
def test_paths_equal_a_plain_walk(open_workspace: Opener, names, max_steps, direction):
    rng = np.random.default_rng(names)
    events = [f"e{k:03}" for k in rng.integers(0, names, 600)]
    minutes = np.cumsum(rng.choice([1, 2, 45], 600, p=[0.6, 0.38, 0.02]))
    rows = [
        (k % 7, event, str(pd.Timestamp("2026-03-01") + pd.Timedelta(minutes=int(m))))
        for k, (event, m) in enumerate(zip(events, minutes, strict=True))
    ]
    sessions: dict[tuple[int, int], list[str]] = {}
    last: dict[int, tuple[pd.Timestamp, int]] = {}
    for user, event, at in rows:
        now = pd.Timestamp(at)
        before, number = last.get(user, (now, 0))
        number += now - before > pd.Timedelta(minutes=30)
        last[user] = now, number
        done = sessions.setdefault((user, number), [])
        done += [event] if done[-1:] != [event] else []
    expected: dict[str, list[int]] = {}
    for (user, _), done in sessions.items():
        path = done[:max_steps] if direction == "from" else done[-max_steps:]
        expected.setdefault(" → ".join(path), []).append(user)
    asked = {"start": "2026-03-01", "end": "2026-04-30", "min_users": 1, "top": 100, "max_steps": max_steps}
    found = paths(open_workspace(rows).run("measure_paths", direction=direction, **asked))
    assert len(found) == min(len(expected), 100)
    assert all(found[p] == (len(set(expected[p])), len(expected[p])) for p in found)
