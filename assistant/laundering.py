"""Figures that a model puts into a tool's arguments so that the tool's own words bring them back as if they were known."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.ledger.numerals import find_numerals

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def is_own(sentence: str, arguments: Mapping[str, Any]) -> bool:
    """Tell whether no numeral of a tool's sentence, days apart, comes from the arguments that it was called with."""
    return not any(figure in sentence for figure in _figures(arguments))


def _figures(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (numeral.text for numeral in find_numerals(_DAY.sub(" ", value)))
    elif isinstance(value, Mapping):
        for part in (*value.keys(), *value.values()):
            yield from _figures(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _figures(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (f"{value:,}", f"{value:g}", f"{100 * value:g}")
