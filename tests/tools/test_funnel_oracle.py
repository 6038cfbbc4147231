"""Funnels against a slow and plain reading of their rules, and what holds of any funnel."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.journeys import (
    Barrier,
    Rules,
    choose_journeys,
    drop_superseded,
    first_entries,
    follow_entries,
)
from tools.step_rows import StepRows

BITS = {"distinct": (0, 1, 2), "repeated": (0, 1, 0), "same": (0, 0, 0)}
EXCLUSION = 3  # the bit of the exclusion event
Row = tuple[int, int]  # time, mask


def in_order(rows: list[Row], rules: Rules) -> list[Row]:
    """Sort by time, then by the lowest step that a row matches, then by what else it matches."""
    steps = sum({1 << bit for bit in rules.bits})
    return sorted(rows, key=lambda r: (r[0], (r[1] & steps & -(r[1] & steps)) or 1 << 20, r[1]))


def walk_in_order(rows: list[Row], entry: int, rules: Rules) -> list[int | None]:
    """Take the earliest unused event that will do for each step, at the instant of the step before or later."""
    limit = rows[entry][0] + rules.window
    path: list[int | None] = [entry] + [None] * (len(rules.bits) - 1)
    now = rows[entry][0]

    def seek(step: int) -> int | None:
        bit = rules.bits[step]
        fits = (r for r, (t, m) in enumerate(rows) if m >> bit & 1 and r not in path and now <= t <= limit)
        found = next(fits, None)
        if found is None or rules.order != "strict":
            return found
        return None if any(now < t < rows[found][0] for t, _ in rows) else found

    for previous, step in itertools.pairwise(rules.required):
        for k in range(previous + 1, step):
            found, target = seek(k), seek(step)
            if found is None or found == target:
                continue
            if target is None or rows[found][0] <= rows[target][0]:
                path[k], now = found, rows[found][0]
        found = seek(step)
        if found is None:
            return path
        path[step], now = found, rows[found][0]
    return path


def walk_any_order(rows: list[Row], entry: int, rules: Rules) -> list[int | None]:
    """Hand out events to steps, each to one, required steps first; then order the required by time."""
    start = rows[entry][0]
    inside = [r for r, (t, _) in enumerate(rows) if start <= t <= start + rules.window]
    given_out: dict[int, int] = {}
    wanted = rules.required + [k for k in range(len(rules.bits)) if rules.optional[k]]
    for step in wanted:
        free = [r for r in inside if rows[r][1] >> rules.bits[step] & 1 and r not in given_out.values()]
        if free:
            given_out[step] = entry if entry in free else free[0]
    done = sorted(given_out[k] for k in rules.required if k in given_out)
    path: list[int | None] = [None] * len(rules.bits)
    for position, row in zip(rules.required, done, strict=False):
        path[position] = row
    complete = rows[done[-1]][0] if len(done) == len(rules.required) else 1 << 20
    for k in range(len(rules.bits)):
        if rules.optional[k] and k in given_out and rows[given_out[k]][0] <= complete:
            path[k] = given_out[k]
    return path


def is_excluded(rows: list[Row], path: list[int | None], rules: Rules) -> bool:
    """Look for an exclusion event strictly between the times of two steps."""
    assert path[0] is not None
    limit = rows[path[0]][0] + rules.window
    for barrier in rules.barriers:
        after, before = path[barrier.after], path[barrier.before]
        for time, mask in rows:
            if not mask >> barrier.bit & 1 or after is None or not rows[after][0] < time <= limit:
                continue
            if before is None or time < rows[before][0]:
                return True
    return False


def judge_user(rows: list[Row], rules: Rules, first: bool, start: int) -> list[bool] | None:
    """Return which steps a user counts at, None for one who does not count at all."""
    rows = in_order(rows, rules)
    opening = set(rules.required) if rules.order == "any" else {0}
    entries = [
        r
        for r, (t, mask) in enumerate(rows)
        if t >= start and any(mask >> rules.bits[k] & 1 for k in opening)
    ]
    walk = walk_any_order if rules.order == "any" else walk_in_order
    journeys = [walk(rows, e, rules) for e in (entries[:1] if first else entries)]
    if not journeys:
        return None

    def depth(path: list[int | None]) -> int:
        return sum(path[k] is not None for k in rules.required)

    furthest = max(map(depth, journeys))
    clean = [j for j in journeys if depth(j) == furthest and not is_excluded(rows, j, rules)]
    if not clean:
        return None

    def arrival(path: list[int | None]) -> int:
        return max(rows[path[k]][0] for k in rules.required if path[k] is not None)  # type: ignore[index]

    # The earliest to arrive, and of these the one that entered last.
    return [row is not None for row in min(reversed(clean), key=arrival)]


def count_slowly(users: dict[int, list[Row]], rules: Rules, first: bool, start: int) -> list[int]:
    judged = [judge_user(rows, rules, first, start) for rows in users.values()]
    return [sum(j[k] for j in judged if j is not None) for k in range(len(rules.bits))]


def count_fast(users: dict[int, list[Row]], rules: Rules, first: bool, start: int) -> list[int]:
    sorted_rows = []
    for user in sorted(users):
        sorted_rows += [(user, *row) for row in in_order(users[user], rules)]
    columns = np.array(sorted_rows, dtype=np.int64).reshape(-1, 3).T
    rows = StepRows(*columns)
    opening = sum({1 << rules.bits[k] for k in (rules.required if rules.order == "any" else [0])})
    entries = np.flatnonzero((rows.masks & opening != 0) & (rows.times >= start))
    entries = first_entries(rows.users, entries) if first else entries
    entries = entries[drop_superseded(rows, entries, rows.users[entries], rules)]
    journeys = follow_entries(rows, entries, rules)
    chosen, _ = choose_journeys(journeys, rows.users[entries])
    return (journeys.take(chosen).path < rows.none).sum(axis=1).tolist()


def draw_users(seed: int, bits: tuple[int, ...], users: int = 60) -> dict[int, list[Row]]:
    """Draw users with few events each, at times that often coincide, some of which match two steps."""
    rng = np.random.default_rng(seed)
    masks = [*sorted({1 << b for b in bits}), 0, 1 << EXCLUSION]
    if bits == (0, 1, 2):
        masks.append(0b011)
    return {
        user: [
            (int(t), int(m)) for t, m in zip(rng.integers(0, 12, size), rng.choice(masks, size), strict=True)
        ]
        for user in range(users)
        for size in [int(rng.integers(1, 10))]
    }


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("repeated", list(BITS))
def test_counts_equal_the_plain_reading(order, first, repeated):
    bits = BITS[repeated]
    barriers = {
        "none": (),
        "whole": (Barrier(EXCLUSION, 0, 2),),
        "early": (Barrier(EXCLUSION, 0, 1),),
        "late": (Barrier(EXCLUSION, 1, 2),),
    }
    for window, kind, middle, seed in itertools.product((0, 3, 8), barriers, (False, True), range(3)):
        if kind in ("early", "late") and (order == "any" or middle):
            continue
        rules = Rules(bits, (False, middle, False), window, order, barriers[kind])
        users = draw_users(seed, bits)
        if order == "any":
            users = {u: [(t, 1 if m == 0b011 else m) for t, m in rows] for u, rows in users.items()}
        fast, slow = (count(users, rules, first, 2) for count in (count_fast, count_slowly))
        assert fast == slow, (window, kind, middle, seed)


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_two_optional_steps_and_two_exclusions(order):
    for window, optional, seed in itertools.product((3, 8), ((1,), (2,), (1, 2)), range(6)):
        rng = np.random.default_rng(seed)
        users = {
            u: [
                (int(t), 1 << int(b))
                for t, b in zip(rng.integers(0, 12, 8), rng.integers(0, 6, 8), strict=True)
            ]
            for u in range(60)
        }
        flags = tuple(k in optional for k in range(4))
        rules = Rules((0, 1, 2, 3), flags, window, order, (Barrier(4, 0, 3), Barrier(5, 0, 3)))
        assert count_fast(users, rules, False, 0) == count_slowly(users, rules, False, 0)


events = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([0, 1, 2, 4, 1 << EXCLUSION])), min_size=1, max_size=9
)
people = st.dictionaries(st.integers(0, 5), events, min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(
    users=people, window=st.integers(0, 12), first=st.booleans(), bits=st.sampled_from(list(BITS.values()))
)
def test_what_holds_of_any_funnel(users, window, first, bits):
    rules = Rules(bits, (False,) * 3, window, "ordered")
    ordered = count_fast(users, rules, first, 0)
    strict, any_order = (count_fast(users, replace(rules, order=o), first, 0) for o in ("strict", "any"))
    for counts in (ordered, strict, any_order):
        assert counts == sorted(counts, reverse=True)
    assert all(s <= o for s, o in zip(strict, ordered, strict=True))
    if not first:
        # With a first entry, any order may start the clock at an earlier event of another step.
        assert all(o <= a for o, a in zip(ordered, any_order, strict=True))
    for order in ("ordered", "strict", "any"):
        wider = count_fast(users, replace(rules, order=order, window=window + 2), first, 0)
        narrow = count_fast(users, replace(rules, order=order), first, 0)
        assert all(n <= w for n, w in zip(narrow, wider, strict=True))
        barred = replace(rules, order=order, barriers=(Barrier(EXCLUSION, 0, 2),))
        assert all(b <= n for b, n in zip(count_fast(users, barred, first, 0), narrow, strict=True))
