"""How the analyst reads a question: what is asked, of which metric or tool, when, split by what, for whom."""

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.analyst.earlier_periods import Earlier
from assistant.analyst.patterns import DOWN, HOW_LONG, HOW_MUCH, SHARE, SUMMARY, TREND, UP, YEAR_BEFORE
from assistant.analyst.periods import Period
from assistant.analyst.ranking import Ranking
from knowledge.language import to_simplified

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
        earlier: The period before one that was spoken of. ranking: By what the parts are put in order.
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
    earlier: Earlier | None = None
    ranking: Ranking | None = None

    @property
    def text(self) -> str:
        """The question in Simplified characters, as the rules read it."""
        return to_simplified(self.question)

    @property
    def asked(self) -> str:
        """The question as documents are to be asked: with what it leans on."""
        return f"{self.topic} {self.question}" if self.topic else self.question

    @property
    def wants_series(self) -> bool:
        """Whether each day, week or month is asked for, rather than one figure."""
        return self.interval is not None or bool(TREND.search(self.text))

    @property
    def yearly(self) -> bool:
        """Whether the comparison asked for is with a year earlier."""
        return bool(YEAR_BEFORE.search(self.text))

    @property
    def names_comparison(self) -> bool:
        """Whether the period to compare with is named: last month, a year earlier."""
        return self.compared is not None or self.earlier is not None or self.yearly

    @property
    def asks_change(self) -> bool:
        """Whether a change is asked for, in so many words, rather than a level alone."""
        return self.names_comparison or bool(UP.search(self.text) or DOWN.search(self.text))

    @property
    def wants_summary(self) -> bool:
        """Whether a document is asked for in short."""
        return bool(SUMMARY.search(self.text))

    @property
    def share_of(self) -> str | None:
        """The dimension that a share is asked of: by which it is split, else whose one value is named."""
        if not SHARE.search(self.text):
            return None
        return self.breakdown or (next(iter(self.filters)) if len(self.filters) == 1 else None)

    @property
    def direction(self) -> int:
        """What the question takes for granted: -1 for a fall, 1 for a rise, 0 for neither."""
        return bool(UP.search(self.text)) - bool(DOWN.search(self.text))

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
