"""What is derived without a word that announces it, and what is not."""

import pytest

from assistant.ledger.chances import chance_of
from assistant.ledger.numerals import find_numerals
from assistant.ledger.operations import Operand, combine, share_out


def test_an_exact_figure_is_hardly_met_by_chance_and_a_round_one_is() -> None:
    (exact, round_one) = find_numerals("1,287 与 30%")
    assert chance_of(exact, [1287.0, 1290.0]) < 0.01
    assert chance_of(round_one, [29.6, 31.0, 33.0, 36.0]) > 0.1


@pytest.mark.parametrize(
    ("clause", "expected"),
    [("together", {842.0}), ("", set()), (None, {842.0})],
)
def test_sums_are_announced_or_asked_for(clause: str | None, expected: set[float]) -> None:
    parts = [Operand(float(v), "count", str(v), segment=str(v)) for v in (381, 264, 197)]
    assert {s.value for s in combine(parts, clause)} & {842.0} == expected


def test_a_total_is_not_added_to_its_own_parts() -> None:
    operands = [Operand(536.0, "count", "all"), Operand(377.0, "count", "android", segment="android")]
    assert 913.0 not in {s.value for s in combine(operands, "together")}


def test_what_parts_leave_of_a_total_and_their_share_of_it() -> None:
    total = Operand(82.0, "count", "change", change=True)
    parts = [Operand(v, "count", str(v), change=True, segment=str(v)) for v in (32.0, 25.0, 17.0)]
    assert 8.0 in {s.value for s in combine([total, *parts], "其余三个渠道只多了")}
    assert 100 * 74 / 82 in {s.value for s in share_out(parts, [total], "占")}
