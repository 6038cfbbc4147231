"""Figures of a measurement that were set for it and not measured: a target, an effect to be found, a share to cut at."""

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.answer import Evidence, Numeral
from assistant.ledger.numerals import find_numerals


def is_assumed(record: Numeral, evidence: Mapping[str, Evidence], question: str) -> bool:
    """Tell whether a numeral repeats what a measurement was asked with, and the question does not state it."""
    marker, _, name = (record.source or "").partition(".")
    if record.status != "evidence" or record.value is None or marker not in evidence:
        return False
    arguments = evidence[marker].arguments
    given = _numbers(arguments.get(name)) if name in arguments else _fractions(arguments)
    if not any(_same(value, record.value) for value in given):
        return False
    asked = (numeral.value for numeral in find_numerals(question))
    return not any(value is not None and _same(value, record.value) for value in asked)


def _same(given: float, told: float) -> bool:
    return any(abs(each - abs(told)) < 1e-9 for each in (abs(given), 100 * abs(given)))


def _fractions(value: Any) -> Iterator[float]:
    return (number for number in _numbers(value) if number != int(number))


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)
