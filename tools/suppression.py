"""Small cells of a result: hidden first for their size, then until the others do not give them away.

A row is one group and is shown whole or not at all, since its numbers follow from one another (a change from two
values, churned from opening and returning). It is hidden if it tells of 1 to `least - 1` people: by a count, by a
share of one, by what a part leaves of its whole. None at all is nobody's secret. What is hidden of rows that add
up to something known is at least two of them and, by each count, at least `least` or none.

- Rows of segments and something else, e.g. days: whole segments, or whole days, are hidden, whichever is fewer.
- Steps are parts of one another: whoever shows two tells how many are in one only. From the first that is
  hidden, all are.
- In a table of cohorts each period's share stands for itself, and so is hidden by itself.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Whole numbers that say where a row stands, not how many there are.
_PLACES = frozenset(
    {
        "offset", "step", "from_step", "to_step", "hour", "weekday", "rank", "number", "day", "days", "window",
        "length", "active_days",
    }
)  # fmt: skip
# Rows with another value of these add up to something else.
_APART = ("dimension", "kind", "trait", "compared", "mature", "window")
# Counts of which another is a part: what is left is a group, too.
_PARTS = (
    ("new_users", "users"),
    ("payers", "users"),
    ("repeat_users", "users"),
    ("users", "uses"),
    ("users", "events"),
    ("users", "occurrences"),
)
_RUNNING = "share_at_least"
_CROSS = " × "
DETAIL = "from_"


def hide_small(
    table: "pd.DataFrame",
    least: int,
    users: "pd.Series | None" = None,
    total: int = 0,
    *,
    nested: bool = False,
) -> "pd.DataFrame":
    """Say which cells of a table must not be shown.

    Args:
        table: one row per group.
        least: the fewest people of a group that is shown.
        users: how many people stand behind each row, where the table does not say so itself.
        total: people of whom the shares may be.
        nested: whether each of a cohort's shares is a part of the one before it.

    Returns:
        True where a cell is hidden, of the table's shape.
    """
    import pandas as pd

    mask = pd.DataFrame(False, index=table.index, columns=table.columns)
    values = [c for c in table.columns if is_number(table[c]) and c not in _PLACES]
    if table.empty or not values:
        return mask
    details = [c for c in values if str(c).startswith(DETAIL)]
    own = [c for c in values if c != "users"] if "cohort" in table.columns else []
    plain = table[[c for c in table.columns if c not in {*own, *details}]]
    sizes = _sizes(plain, total)
    if users is not None:
        sizes["behind"] = users
    rows = _hide_rows(table, sizes, least)
    mask.loc[rows, values] = True
    if _RUNNING in values and rows.any():
        mask[_RUNNING] = True
    if details and (rows.any() or is_small(table[details], least).any(axis=None)):
        # A table of moves has sums across and down: showing a part of it would give away the rest.
        mask[details] = True
    if own:
        _hide_shares(table, own, mask, least, nested)
    return mask


def is_small(counts: Any, least: int) -> Any:
    """Say which counts are of a few people, but not of none."""
    return (counts.abs() > 0) & (counts.abs() < least)


def count_people(shares: "pd.Series", whole: Any) -> "pd.Series | None":
    """Turn shares into numbers of people; None where they cannot all be shares of that whole."""
    known = shares.dropna()
    people = shares * whole
    if known.empty or not known.between(0, 1).all() or not (people - people.round()).abs().max() < 1e-6:
        return None
    return people.round()


def _hide_rows(table: "pd.DataFrame", sizes: "pd.DataFrame", least: int) -> "pd.Series":
    import pandas as pd

    hidden = pd.Series(False, index=table.index)
    small = is_small(sizes, least).any(axis=1)
    for part in _parts(table):
        if small[part].any():
            hidden[part] = _hide_part(table.loc[part], sizes.loc[part], small[part], least)
    return hidden


def _parts(table: "pd.DataFrame") -> Iterator[Any]:
    """List the sets of rows that have their own sums."""
    apart = [c for c in _APART if c in table.columns]
    if "event" in table.columns and not {"step", "to_step"} & set(table.columns):
        apart.append("event")
    if not apart:
        yield table.index
        return
    for _, rows in table.groupby(apart, dropna=False, sort=False):
        yield rows.index


def _hide_part(table: "pd.DataFrame", sizes: "pd.DataFrame", small: "pd.Series", least: int) -> "pd.Series":
    if "dimension" in table.columns and _CROSS in str(table["dimension"].iloc[0]):
        # The sums of a cross across and down stand elsewhere in the result.
        return small | True
    place = next((c for c in ("step", "to_step") if c in table.columns), None)
    others = [c for c in ("period", "bucket", "cohort") if c in table.columns]
    if "segment" in table.columns and (place or others):
        along = place or others[0]
        by_segment = _hide_lines(table["segment"], table[along], sizes, small, least)
        by_other = (
            _hide_later(table, place, sizes, small, least)
            if place
            else _hide_lines(table[along], table["segment"], sizes, small, least)
        )
        return min(by_segment, by_other, key=lambda hidden: int(hidden.sum()))
    if place:
        return _hide_later(table, place, sizes, small, least)
    return _hide_lines(table.index.to_series(), small & False, sizes, small, least)


def _hide_later(
    table: "pd.DataFrame", place: str, sizes: "pd.DataFrame", small: "pd.Series", least: int
) -> "pd.Series":
    """Hide steps from the first that is small, or that differs from one before it by a few."""
    first = table.loc[small, place].min()
    groups = table.groupby("segment") if "segment" in table.columns else [("", table)]
    for _, rows in groups:
        users = sizes.loc[rows.index, "users"]
        for later, now in enumerate(users):
            if is_small(users.iloc[:later] - now, least).any():
                first = min(first, rows[place].iloc[later])
    return table[place] >= first


def _hide_lines(
    names: "pd.Series", lines: "pd.Series", sizes: "pd.DataFrame", small: "pd.Series", least: int
) -> "pd.Series":
    """Hide all rows of some names, so that no line gives a small one away.

    Args:
        names: of each row; the rows of a name are hidden together.
        lines: the rows of one line add up to something known.
        sizes: people of each row, by each count.
        small: which rows must be hidden.
        least: the fewest people of a group that is shown.
    """
    chosen = set(names[small])
    # Empty groups hide nothing: their size can be told.
    weights = sizes.max(axis=1).groupby(names, sort=False).sum().sort_values(kind="stable")
    waiting = [n for n in weights[weights > 0].index if n not in chosen]
    while waiting and not _is_safe(names.isin(chosen), lines, sizes, least):
        chosen.add(waiting.pop(0))
    return names.isin(chosen)


def _is_safe(hidden: "pd.Series", lines: "pd.Series", sizes: "pd.DataFrame", least: int) -> bool:
    """Say whether in each line what is hidden is two groups or more and many people by each count."""
    filled = hidden & (sizes > 0).any(axis=1)
    groups = filled[filled].groupby(lines[filled]).sum()
    sums = sizes[hidden].groupby(lines[hidden]).sum()
    return bool((groups >= 2).all() and not is_small(sums, least).any(axis=None))


def _sizes(table: "pd.DataFrame", total: int) -> "pd.DataFrame":
    """Count the people that each row tells of: its counts, what shares stand for, and what is left of a whole."""
    import pandas as pd

    counts = count_columns(table)
    sizes = {str(c): table[c].fillna(0).abs() for c in counts}
    for part, whole in _PARTS:
        if part in counts and whole in counts:
            sizes[f"{whole} less {part}"] = (table[whole] - table[part]).clip(lower=0)
    kinds = table["kind"] if "kind" in table.columns else pd.Series("", index=table.index)
    for column in table.columns:
        if not is_number(table[column]) or column in counts or column in _PLACES:
            continue
        for kind in kinds.unique():
            shares = table.loc[kinds == kind, column]
            for name, whole in _wholes(table, counts, total):
                people = count_people(shares, whole)
                if people is not None:
                    key = f"{column} of {name}"
                    left = (whole - people) if not hasattr(whole, "loc") else whole.loc[shares.index] - people
                    for label, found in ((key, people), (f"{key}, left", left)):
                        sizes.setdefault(label, pd.Series(0.0, index=table.index))
                        sizes[label].loc[shares.index] = found.fillna(0).clip(lower=0)
    return pd.DataFrame(sizes, index=table.index)


def _wholes(table: "pd.DataFrame", counts: Sequence[str], total: int) -> Iterator[tuple[str, Any]]:
    """List the numbers of people that shares may be of: the row's own counts, the largest, all."""
    for count in counts:
        yield str(count), table[count]
        yield f"largest {count}", int(table[count].max())
    if total:
        yield "all", total


def _hide_shares(
    table: "pd.DataFrame", own: list[str], mask: "pd.DataFrame", least: int, nested: bool
) -> None:
    """Hide single shares of cohorts, and the value columns that belong to them."""
    import pandas as pd

    shares = [c for c in own if not any(c != other and str(c).endswith(f"_{other}") for other in own)]
    shown: pd.DataFrame = pd.DataFrame(index=table.index)
    for column in shares:
        people = (table[column] * table["users"]).round()
        known = people.notna()
        sizes = pd.DataFrame({"came": people, "left": table["users"] - people}).fillna(0)
        small = is_small(sizes, least).any(axis=1) | (mask["users"] & known)
        if nested:
            small |= shown.sub(people, axis=0).pipe(is_small, least).any(axis=1)
        hidden = _hide_part(table, sizes, small, least) if small.any() else small
        for other in own:
            if other == column or str(other).endswith(f"_{column}"):
                mask[other] |= hidden
        shown[column] = people.where(~hidden)


def count_columns(table: "pd.DataFrame") -> list[str]:
    """List the columns that count people or events."""
    from pandas.api.types import is_integer_dtype

    return [c for c in table.columns if is_integer_dtype(table[c]) and c not in _PLACES]


def is_number(column: "pd.Series") -> bool:
    """Say whether a column holds amounts."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column) and not is_bool_dtype(column)
