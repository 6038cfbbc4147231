"""How the analyst reads a question: what is asked, of which metric or tool, when, split by what, for whom."""

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.analyst.patterns import DOWN, HOW_LONG, HOW_MUCH, TREND, UP, YEAR_BEFORE
from assistant.analyst.periods import Period

Intent = Literal[
    "greeting", "thanks", "forecast", "help", "plan", "tactics", "explain", "metric", "active", "growth", "retention", "funnel", "tool",
    "define", "how_to", "lookup",
]  # fmt: skip

#: Intents that state figures.
MEASURING: tuple[Intent, ...] = ("metric", "funnel", "retention", "active", "growth", "forecast", "tool")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the analyst reads a question.

    Attributes:
        metrics: Named metrics, in the order of the question.
        period: Period asked about; None where the question names none. compared: A second period, named beside it.
        breakdown: Dimension to split by. filters: Values to keep, by dimension.
        interval: day, week or month, where the question says so.
        steps: Events named in order, for a funnel. who: The event that the users asked about did.
        tool: The published tool that answers, where it is not the measurement of a named metric.
        options: Arguments that the question states, by name; a tool takes those that it knows.
        segments: Saved segments that the question names.
        term: For a definition, the term itself.
        unread: Words that carry meaning and that no rule has read.
        place: A place that the figures asked for are limited to and that the data does not know.
        topic: What was asked before, where documents are asked in fewer words than they need: 苹果呢?
    """

    intent: Intent
    question: str
    language: str
    metrics: tuple[str, ...] = ()
    period: Period | None = None
    compared: Period | None = None
    breakdown: str | None = None
    filters: dict[str, list[str]] = field(default_factory=dict)
    interval: str | None = None
    steps: tuple[str, ...] = ()
    who: str | None = None
    tool: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    term: str | None = None
    unread: tuple[str, ...] = ()
    place: str | None = None
    topic: str = ""

    @property
    def asked(self) -> str:
        """The question as documents are to be asked: with what it leans on."""
        return f"{self.topic} {self.question}" if self.topic else self.question

    @property
    def wants_series(self) -> bool:
        """Whether each day, week or month is asked for, rather than one figure."""
        return self.interval is not None or bool(TREND.search(self.question))

    @property
    def yearly(self) -> bool:
        """Whether the comparison asked for is with a year earlier."""
        return bool(YEAR_BEFORE.search(self.question))

    @property
    def direction(self) -> int:
        """What the question takes for granted: -1 for a fall, 1 for a rise, 0 for neither."""
        return bool(UP.search(self.question)) - bool(DOWN.search(self.question))

    @property
    def metric(self) -> str | None:
        """The first metric that the question names."""
        return self.metrics[0] if self.metrics else None


def asks_for_data(question: str, reading: Reading) -> bool:
    """Tell whether a question that names data asks for its amount, rather than for what was written about it."""
    if reading.period or reading.interval or reading.breakdown:
        return True
    if HOW_LONG.search(question):  # metrics that are durations have tools of their own
        return False
    return bool(HOW_MUCH.search(question)) or not reading.unread
