"""Small cells of a result: hidden first for their size, then until the others do not give them away.

A row is one group. It is hidden if it counts from 1 to `least - 1` people; none at all is nobody's secret. In a
line of rows that add up to something known (the segments of a period, the periods of a segment), whatever is
hidden must be at least two rows and at least `least` people: else the next smallest is hidden, too.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Whole numbers that say where a row stands, not how many there are.
_PLACES = frozenset(
    {"offset", "step", "hour", "weekday", "rank", "number", "day", "days", "window", "length"}
)
# Along these a group is followed: its rows are not parts of one whole.
_FOLLOWED = frozenset({"offset", "step", "event", "complete", "compared", "immature"})
DETAIL = "from_"


def hide_small(table: "pd.DataFrame", least: int, users: "pd.Series | None" = None) -> "pd.DataFrame":
    """Say which cells of a table must not be shown.

    Args:
        table: one row per group.
        least: the fewest people of a group that is shown.
        users: how many people stand behind each row, where the table does not say so itself.

    Returns:
        True where a cell is hidden, of the table's shape.
    """
    import pandas as pd

    counts = count_columns(table)
    values = [c for c in table.columns if _is_number(table[c]) and c not in _PLACES]
    mask = pd.DataFrame(False, index=table.index, columns=table.columns)
    if table.empty or not values:
        return mask
    details = [c for c in counts if str(c).startswith(DETAIL)]
    if details and _is_small(table[details], least).any(axis=None):
        # A table of moves has sums across and down: showing a part of it would give away the rest.
        mask[details] = True
    plain = [c for c in counts if c not in details]
    small = _is_small(table[plain], least).any(axis=1)
    if users is not None:
        small |= _is_small(users, least)
    size = users if users is not None else table[plain].max(axis=1) if plain else small * 0
    for column in values:
        mask[column] |= small | _is_small_share(table, column, plain, least)
    _hide_more(table, mask, values, size.fillna(0), least)
    return mask


def count_columns(table: "pd.DataFrame") -> list[str]:
    """List the columns that count people or events."""
    from pandas.api.types import is_integer_dtype

    return [c for c in table.columns if is_integer_dtype(table[c]) and c not in _PLACES]


def _is_number(column: "pd.Series") -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column) and not is_bool_dtype(column)


def _is_small(counts: Any, least: int) -> Any:
    return (counts.abs() > 0) & (counts.abs() < least)


def _is_small_share(table: "pd.DataFrame", column: str, counts: Sequence[str], least: int) -> Any:
    """Find shares of a row's people that stand for a few of them, e.g. 0.02 of 100."""
    import numpy as np
    from pandas.api.types import is_float_dtype

    none = np.zeros(len(table), dtype=bool)
    shares = table[column]
    if not is_float_dtype(shares) or not counts or not shares.dropna().between(0, 1).all():
        return none
    for base in counts:
        people = shares * table[base]
        near = (people - people.round()).abs() < 1e-6
        none |= (near & _is_small(people.round(), least)).to_numpy()
    return none


def _hide_more(
    table: "pd.DataFrame", mask: "pd.DataFrame", values: list[str], size: "pd.Series", least: int
) -> None:
    """Hide the next smallest rows of each line until what is hidden cannot be told by subtraction."""
    lines, counts = list(_lines(table)), count_columns(table)
    changed = True
    while changed:
        changed = False
        for line in lines:
            for column in values:
                hidden = mask.loc[line, column]
                shown = hidden[~hidden].index
                if not hidden.any() or not len(shown):
                    continue
                kept_back = hidden[hidden].index
                if len(kept_back) > 1 and size[kept_back].sum() >= least:
                    continue
                # Empty groups hide nothing: their size can be told.
                choice = size[shown][size[shown] > 0]
                if len(choice):
                    # A count tells of the whole row; a share only of itself.
                    mask.loc[choice.idxmin(), values if column in counts else [column]] = True
                    changed = True


def _lines(table: "pd.DataFrame") -> Iterator[Any]:
    """List the sets of rows that differ in one key only."""
    keys = [c for c in table.columns if not _is_number(table[c]) or c in _PLACES]
    varied = [c for c in keys if c not in _FOLLOWED and table[c].nunique(dropna=False) > 1]
    for key in varied:
        others = [c for c in keys if c != key and c not in ("complete", "immature")]
        if not others:
            yield table.index
            continue
        for _, rows in table.groupby(others, dropna=False, sort=False):
            if len(rows) > 1:
                yield rows.index
