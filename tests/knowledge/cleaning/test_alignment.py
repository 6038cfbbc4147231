"""The way back from the cleaned text: total, monotone, exact where nothing was touched, whatever the steps."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.cleaning import Alignment
from knowledge.cleaning.edits import Edit, apply_edits, order_edits


@st.composite
def texts_in_steps(draw: st.DrawFn) -> list[tuple[str, list[Edit]]]:
    """A text of characters that are all different, and edits in up to four steps."""
    text = "".join(map(chr, range(0x4E00, 0x4E00 + draw(st.integers(0, 40)))))
    steps = []
    for number in range(draw(st.integers(0, 4))):
        points = st.integers(0, len(text))
        spans = draw(st.lists(st.tuples(points, st.integers(0, 4), st.integers(0, 4)), max_size=6))
        new = (chr(0xE000 + 100 * number + n) for n in range(100))
        edits = [
            (start, min(start + length, len(text)), "".join(next(new) for _ in range(added)))
            for start, length, added in spans
        ]
        edits = order_edits(edits)
        steps.append((text, edits))
        text = apply_edits(text, edits)
    return [*steps, (text, [])]


def _compose(steps: list[tuple[str, list[Edit]]]) -> Alignment:
    alignment = Alignment.of(len(steps[0][0]), [])
    for text, edits in steps:
        alignment = alignment.then(Alignment.of(len(text), edits))
    return alignment


@given(texts_in_steps())
def test_untouched_characters_map_to_equal_characters(steps: list[tuple[str, list[Edit]]]) -> None:
    alignment = _compose(steps)
    original, cleaned = steps[0][0], steps[-1][0]
    assert (alignment.original_length, alignment.cleaned_length) == (len(original), len(cleaned))
    for position, character in enumerate(cleaned):
        start, end = alignment.to_original(position, position + 1)
        if character in original:
            assert character in original[start:end]


@given(texts_in_steps(), st.integers(-3, 60), st.integers(-3, 60))
def test_maps_are_total_and_monotone(steps: list[tuple[str, list[Edit]]], start: int, end: int) -> None:
    alignment = _compose(steps)
    first, last = alignment.to_original(start, end)
    assert 0 <= first <= last <= alignment.original_length
    starts = [alignment.to_original(n, n + 1) for n in range(alignment.cleaned_length)]
    assert starts == sorted(starts)
    back = [alignment.to_cleaned(n) for n in range(alignment.original_length + 1)]
    assert back == sorted(back)
    assert all(0 <= n <= alignment.cleaned_length for n in back)


@given(texts_in_steps())
def test_survives_bytes(steps: list[tuple[str, list[Edit]]]) -> None:
    alignment = _compose(steps)
    assert Alignment.from_bytes(alignment.to_bytes()) == alignment


def test_removal_lies_between_the_spans_beside_it() -> None:
    alignment = Alignment.of(8, [(2, 5, "")])
    assert alignment.to_original(0, 2) == (0, 2)
    assert alignment.to_original(2, 5) == (5, 8)
    assert alignment.to_original(1, 3) == (1, 6)
    assert [alignment.to_cleaned(n) for n in (1, 2, 4, 5, 8)] == [1, 2, 2, 2, 5]


def test_insertion_comes_from_nowhere() -> None:
    alignment = Alignment.of(4, [(2, 2, "\n\n")])
    assert alignment.to_original(2, 4) == (2, 2)
    assert alignment.to_original(0, 6) == (0, 4)
    assert alignment.to_cleaned(2) == 4
