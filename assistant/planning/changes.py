"""How a change is written: always with its sign, and with enough decimals to be seen."""

from tools.results import format_value


def format_change(value: float, unit: str, language: str) -> str:
    """Return the text of a difference of two values in `unit`; the unit of a difference of ratios is `ratio_change`.

    >>> format_change(64, "users", "zh"), format_change(3, "currency:CNY", "en"), format_change(0.03, "ratio_change", "en")
    ('+64', '+¥3.00', '+3.0 pp')
    >>> format_change(0.04, "users", "en"), format_change(-0.0004, "ratio_change", "en"), format_change(0, "users", "en")
    ('+0.04', '-0.04 pp', '0')
    """
    if unit == "ratio_change":
        digits = f"{value * 100:+,.1f}" if value == 0 or abs(value) >= 0.0005 else f"{value * 100:+.2g}"
        return f"{digits} {'个百分点' if language == 'zh' else 'pp'}"
    small = not unit.startswith("currency:") and 0 < abs(value) < 1
    text = f"{value:.2g}" if small else format_value(value, unit, language)
    return f"+{text}" if value > 0 else text
