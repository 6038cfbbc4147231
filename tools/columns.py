"""How the columns of result tables are headed, and how their values are written."""

import re
from collections.abc import Sequence
from typing import Any

from tools.column_names import COLUMN_NAMES
from tools.results import Text, format_value

#: Columns whose values are shares of one, whichever tool they come from.
_RATIOS = frozenset(
    ("adoption", "share", "share_at_least", "acceptance_rate", "step_conversion", "conversion", "stickiness",
     "amount_share", "weight_before", "weight_after", "retention", "share_inside", "share_outside",
     "negative_share", "paying_share", "repeat_rate", "window_rate", "expected_share", "chance_alive", "staying", "risk", "mean_risk",
     "predicted", "observed", "predicted_from", "predicted_to", "relative", "relative_effect", "roi", "keeps_lead", "in_top", "same_class",
     "confidence", "lead")
)  # fmt: skip
_NUMBERED = re.compile(r"(?P<sum>\w+_)?(?P<unit>day|week|month)_(?P<number>\d+(?:-\d+)?\+?)")
_UNITS = {"day": "天", "week": "周", "month": "月"}
_PROBABILITIES = ("pvalue", "qvalue", "chance")
_BOUNDS = ("low", "high")


def column_text(name: str) -> Text:
    """Return what people call a column of a result's table.

    >>> column_text("day_2-7").zh, column_text("step_conversion").en, column_text("some_new_column").en
    ('第 2-7 天', 'step conversion', 'some new column')
    """
    if match := _NUMBERED.fullmatch(name):
        summed, unit, number = match.groups()
        lead = column_text(summed.rstrip("_")) if summed else Text("", "")
        zh, en = f"第 {number} {_UNITS[unit]}", f"{unit} {number}"
        return Text(f"{zh}{lead.zh}", f"{lead.en} {en}".strip())
    plain = name.replace("_", " ")
    return COLUMN_NAMES.get(name, Text(plain, plain))


def format_row(names: Sequence[str], row: Sequence[Any], language: str) -> list[str]:
    """Write a row of a table; the bounds of an interval as what they bound, which stands before them.

    >>> format_row(["observed", "low", "high"], [0.009, 0.0054, 0.0163], "en")
    ['0.9%', '0.5%', '1.6%']
    """
    alike: list[str] = []
    for name in names:
        alike.append(alike[-1] if name in _BOUNDS and alike else name)
    return [format_cell(name, value, language) for name, value in zip(alike, row, strict=True)]


def format_cell(name: str, value: Any, language: str) -> str:
    """Write a value of a column as people read it.

    >>> format_cell("adoption", 0.18676, "en"), format_cell("complete", True, "zh"), format_cell("users", 2850, "zh")
    ('18.7%', '是', '2,850')
    >>> format_cell("pvalue", 0.00002, "en"), format_cell("qvalue", 0.0155, "zh")
    ('<0.001', '0.015')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _YES_NO[value].in_language(language)
    if not isinstance(value, int | float):
        return str(value)
    numbered = _NUMBERED.fullmatch(name)
    if name in _RATIOS or (numbered and not numbered["sum"]):
        return format_value(value, "ratio", language)
    if isinstance(value, int):
        return f"{value:,}"
    if name in _PROBABILITIES:
        return format_value(value, "pvalue", language)
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.{2 if abs(value) >= 1 else 4}f}"


_YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
