"""What holds of any notes: the order of rows is nothing, no fact is lost, and changes add up over periods."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tools.market.declarations import MarketDefinition
from tools.market.facts import Book, Pair, Standing
from tools.market.history import Change, list_changes, list_net_changes
from tools.sources.notes import Note

DEFINITION = MarketDefinition(frame="notes")
FIRST = date(2026, 3, 1)
DAYS = st.integers(0, 9).map(lambda n: FIRST + timedelta(days=n))
NOTES = st.lists(
    st.builds(
        Note,
        competitor=st.sampled_from(["A", "a", "B"]),
        day=DAYS,
        feature=st.sampled_from(["x", "y"]),
        value=st.sampled_from(["yes", "有", "no", "下线", "unknown", "¥5", "5 元", "¥9", "beta"]),
        source=st.sampled_from(["", "s", "t"]),
        note=st.just(""),
    ),
    min_size=1,
    max_size=25,
)
Keys = frozenset[str]


def book_of(rows: Sequence[Note]) -> Book:
    return Book.of(rows, DEFINITION)


def keys(standing: Standing | None) -> Keys:
    """What is known: nothing noted and noted as unknown are the same."""
    return frozenset() if standing is None or standing.is_unknown else standing.keys


def moves(changes: Sequence[Change]) -> dict[Pair, tuple[Keys, Keys]]:
    return {change.pair: (keys(change.before), keys(change.after)) for change in changes}


@given(NOTES, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[Note], random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert book_of(shuffled).standings == book_of(rows).standings


@given(NOTES, DAYS, st.integers(0, 5))
def test_a_later_matrix_loses_a_fact_only_to_a_newer_one(rows: list[Note], day: date, more: int) -> None:
    book, later = book_of(rows), day + timedelta(days=more)
    for pair in book.standings:
        before, after = book.on(pair, day), book.on(pair, later)
        if before is not None:
            assert after is not None
            assert after == before or before.day < after.day <= later


@given(NOTES, DAYS)
def test_a_matrix_knows_nothing_of_later_notes(rows: list[Note], day: date) -> None:
    past = [row for row in rows if row.day <= day]
    book = book_of(rows)
    known = book_of(past) if past else None
    for pair in book.standings:
        told = known.on(pair, day) if known else None
        assert keys(book.on(pair, day)) == keys(told)


@given(NOTES, st.tuples(DAYS, DAYS, DAYS).map(sorted))
def test_changes_of_two_periods_are_those_of_both_and_net_changes_chain(
    rows: list[Note], days: list[date]
) -> None:
    book, (start, middle, end) = book_of(rows), days
    next_day = middle + timedelta(days=1)
    pairs = list(book.standings)
    first, second = list_changes(book, start, middle, pairs), list_changes(book, next_day, end, pairs)
    assert second + first == list_changes(book, start, end, pairs)

    early, late = (moves(list_net_changes(book, a, b, pairs)) for a, b in ((start, middle), (next_day, end)))
    chained = {}
    for pair in {*early, *late}:
        before = (early.get(pair) or late[pair])[0]
        after = (late.get(pair) or early[pair])[1]
        if before != after:
            chained[pair] = before, after
    assert chained == moves(list_net_changes(book, start, end, pairs))


@given(NOTES, DAYS, DAYS)
def test_net_changes_are_what_differs_between_the_two_matrices(
    rows: list[Note], one: date, other: date
) -> None:
    book, (start, end) = book_of(rows), sorted((one, other))
    before_start = start - timedelta(days=1)
    differing = {
        pair: (keys(book.on(pair, before_start)), keys(book.on(pair, end)))
        for pair in book.standings
        if keys(book.on(pair, before_start)) != keys(book.on(pair, end))
    }
    assert moves(list_net_changes(book, start, end, list(book.standings))) == differing
