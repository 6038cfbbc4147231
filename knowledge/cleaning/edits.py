"""Edits: what a step of cleaning changes, so that nothing changes without a trace."""

from collections.abc import Iterable, Sequence

Edit = tuple[int, int, str]
"""Start and end of a span and what takes its place. The edits of a step are ordered and do not overlap."""


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with the edits made.

    >>> apply_edits("a-b-c", [(1, 2, "+"), (3, 4, "")])
    'a+bc'
    """
    pieces: list[str] = []
    position = 0
    for start, end, replacement in edits:
        pieces += text[position:start], replacement
        position = end
    return "".join([*pieces, text[position:]])


def order_edits(edits: Iterable[Edit]) -> list[Edit]:
    """Sort edits and drop those that overlap an earlier one."""
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept
