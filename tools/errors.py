"""Errors of the metrics package, named for what the caller does next.

    MetricError
    ├── SemanticsError        metrics.yaml is wrong: mend the file (the line is named)
    ├── SourceUnavailable     the data cannot be read: mend the path or the file
    │   └── MissingColumn     the data lacks a column that metrics.yaml names
    ├── UnknownTool           there is no such tool: choose another
    ├── InvalidArgument       an argument is wrong: ask again with a right one
    │   ├── UnknownMetric
    │   └── InvalidPeriod
    ├── NoData                the question is right and there is nothing to measure
    │   └── TooFewUsers       the answer would tell of fewer users than may be shown: ask more widely
    ├── QueryTimeout          it took too long: ask for less
    └── QueryTooLarge         it needs too much memory: ask for less

Each carries its sentence in English and in Chinese; `str(error)` is the English one.
"""

import difflib
import re
from collections.abc import Iterable

from tools.grammar import agree, chinese_list

_LONGEST_VALUE = 80
_CREDENTIALS = re.compile(r"(:/{0,2})\S+@")


class MetricError(Exception):
    """Anything that a caller of this package may be told, in two languages."""

    code = "metric_error"

    def __init__(self, *, en: str, zh: str, parameter: str | None = None) -> None:
        self.en = agree(en)
        super().__init__(self.en)
        self.zh = zh
        self.parameter = parameter

    def in_language(self, language: str) -> str:
        """Give the sentence in `language` ("zh", else English)."""
        return self.zh if language == "zh" else self.en


class SemanticsError(MetricError):
    """`metrics.yaml` cannot be understood."""

    code = "invalid_semantics"


class SourceUnavailable(MetricError):
    """A source's data is missing or unreadable."""

    code = "source_unavailable"


class MissingColumn(SourceUnavailable):
    """A column named in `metrics.yaml` is not in the data."""

    code = "missing_column"


class UnknownTool(MetricError):
    """No tool has this name."""

    code = "unknown_tool"


class InvalidArgument(MetricError):
    """An argument is not one that the tool can use."""

    code = "invalid_argument"


class UnknownMetric(InvalidArgument):
    """No metric has this name."""

    code = "unknown_metric"


class InvalidPeriod(InvalidArgument):
    """A period is backwards, half given or not a date."""

    code = "invalid_period"


class NoData(MetricError):
    """There is no data where the question looks."""

    code = "no_data"


class TooFewUsers(NoData):
    """The answer is withheld, because it would tell of a small group."""

    code = "too_few_users"


class QueryTimeout(MetricError):
    """The query was interrupted at the time limit."""

    code = "query_timeout"


class QueryTooLarge(MetricError):
    """The query needs more memory than it may have."""

    code = "query_too_large"


def show(value: object, *, most: int = _LONGEST_VALUE) -> str:
    """Make a value fit to be quoted in a sentence: printable, escaped, no password, at most 80 characters or so many.

    >>> show("a" * 100) == "a" * 80 + "…"
    True
    >>> show("postgresql://reader:secret@db/shop")
    'postgresql://***@db/shop'
    >>> show("bad \\ud800")
    'bad \\\\ud800'
    """
    text = _CREDENTIALS.sub(r"\1***@", str(value))
    cut = text[:most] + ("…" if len(text) > most else "")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known words most like `word`, best first; if none is like it, the first few."""
    words = sorted(set(known))
    # A very long argument would make the comparison slow, and is like nothing anyway.
    close = difflib.get_close_matches(word[:_LONGEST_VALUE], words, n=count, cutoff=0.5)
    return close or words[:8]


def suggest(word: str, known: Iterable[str]) -> tuple[str, str]:
    """Phrase the nearest known words as an English and a Chinese clause (empty when nothing is known)."""
    words = nearest(word, known)
    if not words:
        return "", ""
    listed = ", ".join(show(w) for w in words)
    return f" Did you mean: {listed}?", f"您是不是想用：{chinese_list(listed)}？"
