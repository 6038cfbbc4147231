"""Ranks are stable: the order of rows, units and ties decide nothing."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.demands.declarations import DemandTable
from tools.demands.kano import ORDER, classify
from tools.demands.listing import describe
from tools.demands.ordering import Ranked, order_demands
from tools.demands.reaching import Reached
from tools.demands.scoring import rank, score

AMOUNT = st.integers(1, 50)
ROWS = st.lists(
    st.tuples(
        AMOUNT, st.sampled_from([0.25, 0.5, 1, 2, 3]), st.integers(11, 100), AMOUNT, st.integers(1, 10)
    ),
    min_size=1,
    max_size=8,
)
WEIGHTS = {"reach": 2.0, "impact": 1.0, "effort": -1.0}
FIELDS = ("reach", "impact", "confidence", "effort", "ease")


def order(
    rows: list[tuple], method: str = "rice", *, by: float = 1.0, places: list[int] | None = None
) -> Ranked:
    """Order rows, written in the given order, with efforts times a factor; ids are their places."""
    records = [
        {
            "id": f"D-{i}",
            "title": f"t{i}",
            **{f: str(v * by if f == "effort" else v) for f, v in zip(FIELDS, rows[i], strict=True)},
        }
        for i in places or range(len(rows))
    ]
    demands = describe("list", DemandTable(frame="x"), pd.DataFrame(records, dtype=object))
    inputs = {f: s.values for f, s in demands.scores.items()}
    reached = Reached(inputs["reach"], (False,) * len(rows), {})
    return order_demands(
        demands, method, WEIGHTS if method == "weighted" else {}, inputs, reached, uncertainty=0.3, top=3
    )


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, method=st.sampled_from(["rice", "ice", "weighted"]), data=st.data())
def test_the_order_of_rows_does_not_matter(rows, method, data):
    places = data.draw(st.permutations(range(len(rows))))
    one, other = order(rows, method), order(rows, method, places=list(places))
    assert (one.order, one.ranks, one.scores) == (other.order, other.ranks, other.scores)
    assert np.array_equal(one.firmness.in_top, other.firmness.in_top)
    assert np.array_equal(one.firmness.keeps, other.firmness.keeps)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, method=st.sampled_from(["rice", "weighted"]), by=st.sampled_from([0.5, 2.0, 5.0, 160.0]))
def test_the_unit_of_effort_does_not_matter(rows, method, by):
    one, other = order(rows, method), order(rows, method, by=by)
    assert (one.order, one.ranks) == (other.order, other.ranks)
    if method == "rice":
        assert np.allclose(np.array(one.scores) / by, other.scores)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_ranks_follow_scores_and_ties_stand_by_id(rows):
    found = order(rows)
    for (a, s, r), (b, t, q) in zip(
        zip(found.order, found.scores, found.ranks, strict=True),
        list(zip(found.order, found.scores, found.ranks, strict=True))[1:],
        strict=False,
    ):
        assert (s > t and r < q) or (s == t and r == q and a < b)
    assert found.ranks == tuple(1 + sum(t > s for t in found.scores) for s in found.scores)
    assert all(low <= high for low, high in zip(found.firmness.low, found.firmness.high, strict=True))
    # Shares of being among the first three add up to three, or to all where there are fewer.
    assert found.firmness.in_top.sum() >= min(3, len(rows)) - 1e-9


@given(
    scores=st.lists(st.floats(0.001, 1e9), min_size=1, max_size=20), by=st.sampled_from([0.5, 4.0, 1024.0])
)
def test_scaling_all_scores_keeps_their_ranks(scores, by):
    assert rank(scores) == rank([s * by for s in scores])


@given(rows=st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=10))
def test_weighted_scores_lie_between_0_and_100(rows):
    reach, impact, effort = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    found = score("weighted", {"reach": reach, "impact": impact, "effort": effort}, WEIGHTS)
    assert ((found >= 0) & (found <= 100 + 1e-9)).all()


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 40), min_size=6, max_size=6).filter(any))
def test_kano_coefficients_lie_within_their_bounds(counts):
    found = classify(dict(zip(ORDER, counts, strict=True)))
    assert found.counts[found.kind] == max(counts)
    assert 0 <= found.stays <= 1
    if found.better is not None and found.worse is not None:
        assert 0 <= found.better <= 1
        assert -1 <= found.worse <= 0
        assert found.better_interval[0] <= found.better + 1e-12
        assert found.worse - 1e-12 <= found.worse_interval[1]
