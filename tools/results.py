"""What a measurement returns: figures with units, a table, and the definition that produced them (口径卡)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tools.grammar import agree

if TYPE_CHECKING:
    import pandas as pd

    from tools.snapshots import Snapshot

ROWS_SHOWN = 200
_LEAST_PVALUE = 0.001
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
_DURATIONS = {"days": ("days", "天"), "hours": ("hours", "小时")}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text in both languages; what is the same in both is a name, and stays as it is."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        """Let what English counts agree with its number."""
        if self.en != self.zh:
            object.__setattr__(self, "en", agree(self.en))

    def in_language(self, language: str) -> str:
        """Give the text in `language` ("zh", else English)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit.

    Attributes:
        name: stable identifier within the result, e.g. `retention_day_1`.
        value: the number, or None where it is undefined (a denominator of zero, no mature cohort).
        unit: "users", "events" or another count noun; "ratio" (0..1); "ratio_change" (a difference of
            ratios); "multiple"; "days"; "hours"; "pvalue"; "currency:CNY".
        label: what the number is, for people.
        period: the local dates that it covers, "2026-06-01/2026-06-30".
        segment: the segment that it holds for, as "dimension=value".
        n: how many observations stand behind it (the denominator of a ratio, the events of a sum).
        interval: 95 % interval, in the same unit.
    """

    name: str
    value: float | int | None
    unit: str
    label: Text
    period: str | None = None
    segment: str | None = None
    n: int | None = None
    interval: tuple[float, float] | None = None

    def to_dict(self, language: str) -> dict[str, Any]:
        """Return the figure as JSON-safe values, with its text in `language`."""
        return {
            "name": self.name,
            "value": to_json(self.value),
            "unit": self.unit,
            "label": self.label.in_language(language),
            "period": self.period,
            "segment": self.segment,
            "n": self.n,
            "interval": None if self.interval is None else [to_json(v) for v in self.interval],
            "text": format_value(self.value, self.unit, language),
        }


@dataclass(frozen=True, slots=True)
class DefinitionItem:
    """One line of the definition card: a parameter that shapes the number, and its value."""

    label: Text
    value: Text

    def to_dict(self, language: str) -> dict[str, str]:
        """Return label and value in `language`."""
        return {"label": self.label.in_language(language), "value": self.value.in_language(language)}


def limits(zh: str, en: str) -> DefinitionItem:
    """Make the line of the card that says, in one sentence, what a result does not prove."""
    return DefinitionItem(Text("不能说明", "does not prove"), Text(zh.rstrip("。"), en.rstrip(".")))


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A measurement, complete enough to be checked by somebody else.

    Attributes:
        tool: name of the tool that measured.
        title: what was measured.
        arguments: every argument of the tool after defaults were filled in.
        definition: the definition card, one item per parameter that shapes the number.
        figures: the numbers, headline first.
        table: the numbers behind the figures, one row per bucket, cohort, step or segment.
        source: name of the source in `metrics.yaml`.
        data_as_of: time of the latest event in the source (aware).
        chart: Vega-Lite specification with its data inline.
        warnings: what a reader should know before relying on the numbers.
        n: observations behind the headline.
        snapshot: the data and the declarations that it was measured from, as they were; set by `Metrics.run`.
    """

    tool: str
    title: Text
    arguments: dict[str, Any]
    definition: tuple[DefinitionItem, ...]
    figures: tuple[Figure, ...]
    table: "pd.DataFrame"
    source: str
    data_as_of: datetime
    chart: dict[str, Any]
    warnings: tuple[Text, ...]
    n: int
    snapshot: "Snapshot | None" = None

    def to_dict(self, language: str) -> dict[str, Any]:
        """Return everything as JSON-safe values, texts in `language`, at most 200 rows of the table."""
        rows = self.table.head(ROWS_SHOWN).itertuples(index=False, name=None)
        return {
            "tool": self.tool,
            "title": self.title.in_language(language),
            "arguments": to_json(self.arguments),
            "definition": [item.to_dict(language) for item in self.definition],
            "figures": [figure.to_dict(language) for figure in self.figures],
            "table": {
                "columns": [str(c) for c in self.table.columns],
                "rows": [[to_json(v) for v in row] for row in rows],
                "total_rows": len(self.table),
            },
            "chart": self.chart,
            "source": self.source,
            "data_as_of": self.data_as_of.isoformat(),
            "warnings": [w.in_language(language) for w in self.warnings],
            "n": self.n,
            "snapshot": self.snapshot and self.snapshot.to_dict(),
        }


def join_chinese(*parts: str) -> str:
    """Join Chinese parts, with a blank between a Latin letter or digit and a Chinese character.

    >>> join_chinese("GMV", "的变化"), join_chinese("成交额", "的变化")
    ('GMV 的变化', '成交额的变化')
    """
    joined = ""
    for part in parts:
        sides = joined[-1:], part[:1]
        apart = all(sides) and sides[0].isascii() != sides[1].isascii() and all(s.isalnum() for s in sides)
        joined += f" {part}" if apart else part
    return joined


def to_json(value: Any) -> Any:
    """Turn numpy scalars, dates, missing values and containers of them into plain JSON values.

    >>> to_json({"day": date(2026, 6, 1), "rate": float("nan")})
    {'day': '2026-06-01', 'rate': None}
    """
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        # pandas' missing time is a datetime that is not equal to itself.
        return value.isoformat() if value == value else None
    return None if value != value else str(value)


def format_value(value: float | int | None, unit: str, language: str) -> str:
    """Write a value as people read it.

    >>> format_value(0.4123, "ratio", "zh"), format_value(-0.083, "ratio_change", "en")
    ('41.2%', '-8.3 pp')
    >>> format_value(12345, "users", "en"), format_value(1234.5, "currency:CNY", "zh")
    ('12,345', '¥1,234.50')
    """
    if value is None or not math.isfinite(value):
        return "暂无" if language == "zh" else "n/a"
    if unit == "ratio":
        return f"{value * 100:,.1f}%"
    if unit == "ratio_change":
        return f"{value * 100:+,.1f} {'个百分点' if language == 'zh' else 'pp'}"
    if unit.startswith("currency:"):
        return _format_money(value, unit.removeprefix("currency:"))
    if unit in _DURATIONS:
        return f"{_plain(value)} {_DURATIONS[unit][language == 'zh']}"
    if unit == "multiple":
        return f"{value:,.2f}"
    if unit == "pvalue":
        return "<0.001" if value < _LEAST_PVALUE else f"{value:.3f}"
    return _plain(value)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _format_money(value: float, currency: str) -> str:
    sign = "-" if value < 0 else ""
    symbol = _SYMBOLS.get(currency)
    amount = f"{abs(value):,.2f}"
    return f"{sign}{symbol}{amount}" if symbol else f"{sign}{currency} {amount}"
