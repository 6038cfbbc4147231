"""How likely it is that a figure meets a known value by chance.

A figure of three digits that is the value of one of a few candidates is hardly met by chance; one of a hundred is.
"""

from collections.abc import Iterable

from assistant.ledger.numerals import Numeral

#: Values are compared with those up to so many times as large.
_NEAR = 1.5


def chance_of(numeral: Numeral, values: Iterable[float]) -> float:
    """Return how often a figure of this size and rounding is met among values of its kind."""
    value = abs(numeral.value or 0.0)
    if not value:
        return 1.0
    near = {round(abs(v), 9) for v in values if value / _NEAR <= abs(v) <= value * _NEAR}
    return len(near) * 2 * numeral.slack / (value * (_NEAR - 1 / _NEAR))
