"""Events come out sorted whatever pieces they came in, and funnels do not depend on how many users are followed at once."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.test_sequences import ASKED, YAML, make_frame
from tools import Metrics, sorted_events, step_events
from tools.sorted_events import cut_events, number_users, sort_events

# Whole seconds, milliseconds, and what does not fit one number with them: microseconds over two centuries.
TIMES = st.integers(0, 100).map(lambda n: n * 1_000_000) | st.integers(0, 9).map(lambda n: n * 1_000)
ROWS = st.lists(st.tuples(st.integers(0, 2**30), TIMES | st.integers(-(2**52), 2**52), st.integers(0, 3)))


@given(rows=ROWS, pieces=st.integers(1, 4), size=st.integers(1, 5))
def test_events_are_sorted_and_cut_between_users(rows, pieces, size):
    columns = [
        tuple(np.array(c, dtype=np.int64) for c in zip(*part, strict=True))
        if part
        else (np.zeros(0, np.int64),) * 3
        for part in (rows[k::pieces] for k in range(pieces))
    ]
    events = sort_events(columns)
    taken = [
        list(zip(*(c.tolist() for c in events.take(*cut)), strict=True)) for cut in cut_events(events, size)
    ]
    assert [row for part in taken for row in part] == sorted(rows)
    assert len(events) == len(rows)
    for before, after in itertools.pairwise(taken):
        assert before[-1][0] < after[0][0]


def test_users_keep_their_order_when_they_are_numbered():
    near = number_users([np.array([7, 5]), np.array([5, 9])])
    assert [p.tolist() for p in near] == [[2, 0], [0, 4]]  # less the lowest, 5
    far = number_users([np.array([-(2**62), 2**62]), np.array([3])])
    assert [p.tolist() for p in far] == [[0, 2], [1]]  # too far apart for that: by rank


@given(
    rows=ROWS, at_once=st.integers(1, 4), before=st.none() | st.integers(-1, 101).map(lambda n: n * 500_000)
)
def test_an_event_between_two_of_its_kind_is_left_out(rows, at_once, before):
    rows = [(user % 3, at % 100_000_000, code) for user, at, code in rows]
    columns = (
        [np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)]
        if rows
        else [np.zeros(0, np.int64)] * 3
    )
    events = sort_events([tuple(columns)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_events, "_AT_ONCE", at_once)
        events.drop_between(1, before)
    ordered = sorted(rows)

    def follows(place: int) -> bool:
        """Whether an event and the one after it are of the kind and of one user, and the latter is early enough."""
        if not 0 <= place < len(ordered) - 1:
            return False
        (user, _, code), (next_user, at, next_code) = ordered[place : place + 2]
        return user == next_user and code == next_code == 1 and (before is None or at < before)

    kept = [row for k, row in enumerate(ordered) if not (follows(k - 1) and follows(k))]
    assert list(zip(*(c.tolist() for c in events.take()), strict=True)) == kept


@pytest.mark.parametrize("at_once", [1, 40])
def test_funnels_are_the_same_however_few_users_are_followed_at_once(tmp_path, monkeypatch, at_once):
    (tmp_path / "metrics.yaml").write_text(YAML, encoding="utf-8")
    make_frame(3).to_parquet(tmp_path / "events.parquet")
    metrics = Metrics.open(tmp_path / "metrics.yaml")
    funnels = [(tool, arguments) for tool, arguments in ASKED if tool == "measure_funnel"]
    whole = [metrics.run(*asked, teams=None).to_dict("en") for asked in funnels]
    monkeypatch.setattr(step_events, "_AT_ONCE", at_once)
    apart = [metrics.run(*asked, teams=None).to_dict("en") for asked in funnels]
    metrics.close()
    for one, other in zip(whole, apart, strict=True):
        assert (one["table"], one["figures"], one["warnings"]) == (
            other["table"],
            other["figures"],
            other["warnings"],
        )
