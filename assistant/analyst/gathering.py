"""What to look up next: tool calls by rule, in at most three rounds."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from assistant.analyst.campaigns import campaign_measures, campaign_reach, has_no_baseline
from assistant.analyst.clock import AnyClock
from assistant.analyst.extraction import Reader
from assistant.analyst.naming import find_document
from assistant.analyst.parts import adds_up
from assistant.analyst.patterns import EACH, OWNER
from assistant.analyst.periods import Period
from assistant.analyst.reading import Reading
from assistant.analyst.tool_arguments import missing_argument, tool_arguments
from assistant.answer import Evidence
from assistant.planning.diagnosis import figure_value, find_figure
from assistant.turn import Passage
from knowledge.language import to_simplified
from tools.catalog import TOOLS
from tools.metric_kinds import Metric
from tools.results import Text
from tools.semantics import Semantics

_LONGEST_QUERY = 1_000
#: What finds the pages that say who is responsible for what, whatever it is that is asked about.
DIRECTORIES = ("谁负责什么：负责人、分工、联系人", "who owns what: owner, responsible, contact, ask about")
_MOST_METRICS = 6
#: How far back a series goes where the question names no period.
_SERIES_DAYS = {"day": timedelta(days=27), "week": timedelta(days=83), "month": timedelta(days=364)}


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call to make, or one that was made."""

    tool: str
    arguments: dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """What this turn's tools have returned so far."""

    evidence: list[Evidence] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    document: list[Passage] = field(default_factory=list)
    directory: list[Passage] = field(default_factory=list)
    advice: dict[str, Any] | None = None
    errors: list[str] = field(default_factory=list)
    tools: set[str] = field(default_factory=set)
    made: list[Call] = field(default_factory=list)

    def by(self, tool: str) -> Evidence | None:
        """Return the evidence of one tool."""
        return next((item for item in self.evidence if item.tool == tool), None)


def next_calls(
    reading: Reading,
    gathered: Gathered,
    *,
    semantics: Semantics | None,
    clock: AnyClock,
    reader: Reader | None = None,
) -> list[Call]:
    """Return the calls to make now; none means that it is time to write.

    Args:
        reading: What is asked.
        gathered: What was found so far.
        semantics: What metrics.yaml declares.
        clock: What relative periods count from.
        reader: Tells which document a question names, which is then read whole; without it none is.
    """
    if reading.intent in ("greeting", "thanks", "help"):
        return []
    measure = None if reading.place else _MEASUREMENTS.get(reading.intent)
    if measure is not None and semantics is not None:
        calls = measure(reading, gathered, semantics, clock)
    elif reading.intent in ("tactics", "plan"):
        calls = _tactics(reading, semantics)
    else:
        calls = _search(reading)
    if reader is not None and gathered.passages and not gathered.document:
        calls = [*calls, *_reading_whole(reading, gathered, reader)]
    return [call for call in calls if call not in gathered.made]


def _reading_whole(reading: Reading, gathered: Gathered, reader: Reader) -> list[Call]:
    """Read the document whole that a question names: search shows what is nearest in it, which may not be what is asked."""
    named = find_document(reading, gathered.passages, reader)
    return [Call("read_document", {"marker": named[0].marker})] if named else []


def _search(reading: Reading) -> list[Call]:
    query = reading.term if reading.intent == "define" and reading.term else reading.asked
    directory = DIRECTORIES if OWNER.search(to_simplified(reading.asked)) else ()
    return [_searching(q) for q in (query, *directory)]


def _searching(query: str) -> Call:
    return Call("search_knowledge", {"query": query[:_LONGEST_QUERY]})


def _explain(reading: Reading, gathered: Gathered, semantics: Semantics, clock: AnyClock) -> list[Call]:
    period = reading.period or _usual_period(reading, clock)
    arguments = {
        "metric": reading.metric,
        **_dates(period),
        **_compared(reading, period),
        **_filtered(reading),
    }
    calls = [Call("measure_metric", arguments), Call("explain_change", arguments)]
    if not {"measure_metric", "explain_change"} & gathered.tools or not is_worth_explaining(
        reading, gathered
    ):
        unmeasured = reading.period is None and is_empty(gathered)
        return [*calls, *(_search(reading) if unmeasured else [])]
    metric, segment = semantics.metrics[str(reading.metric)], moved_segment(gathered, semantics)
    name = semantics.metric_text(str(reading.metric))
    searches = [
        _searching(f"为什么{name.zh}变化 {segment.zh} 原因"),
        _searching(f"why did {name.en} change {segment.en}"),
    ]
    searches.insert(reading.language == "en", _searching(reading.question))
    advice = {"stage": metric.stage, "metric": reading.metric, "query": reading.question}
    mending = metric.stage is not None and is_adverse(gathered, metric.good)
    return [*calls, *searches, *([Call("suggest_tactics", advice)] if mending else [])]


def is_worth_explaining(reading: Reading, gathered: Gathered) -> bool:
    """Tell whether there is a change to explain: beyond noise, and in the direction that the question takes."""
    measured = gathered.by("measure_metric")
    change = find_figure(measured, "change") if measured else None
    if change is None or not change.value:
        return False
    noise = change.interval is not None and change.interval[0] <= 0 <= change.interval[1]
    return not noise and reading.direction * change.value >= 0


def is_adverse(gathered: Gathered, good: str) -> bool:
    """Tell whether the metric moved the wrong way: only then are tactics called for."""
    measured = gathered.by("measure_metric")
    change = figure_value(measured, "change") if measured else None
    return bool(change) and ((change or 0) < 0) == (good == "up")


def moved_segment(gathered: Gathered, semantics: Semantics) -> Text:
    """Return what people call the segment that moved the metric most; empty where none is known."""
    evidence = gathered.by("explain_change")
    top = next((f for f in evidence.figures if f.segment), None) if evidence else None
    if top is None:
        return Text(zh="", en="")
    pairs = [part.partition("=") for part in str(top.segment).split(" & ")]
    texts = [semantics.value_text(dimension, value) for dimension, _, value in pairs]
    return Text(zh=" ".join(t.zh for t in texts), en=" ".join(t.en for t in texts))


def _metric(reading: Reading, gathered: Gathered, semantics: Semantics, clock: AnyClock) -> list[Call]:
    calls = [
        c for name in reading.metrics[:_MOST_METRICS] for c in _measuring(reading, name, semantics, clock)
    ]
    if reading.unread:  # what was written may answer what the figures do not
        calls += _search(reading)
    everywhere = clock.all_days() if reading.period is None and is_empty(gathered) else None
    if everywhere:  # a campaign is over: measure it over all data
        period = Period(*everywhere, "")
        calls += [
            Call("measure_metric", {"metric": name, **_dates(period), **_filtered(reading)})
            for name in reading.metrics[:_MOST_METRICS]
        ]
    return calls


def _measuring(reading: Reading, name: str, semantics: Semantics, clock: AnyClock) -> list[Call]:
    series = _series(reading, clock)
    period = reading.period or series or Period(*clock.usual_days(name), "", "week")
    reading = _with_whole(reading, semantics.metrics[name])
    arguments: dict[str, Any] = {
        **_dates(period),
        **_filtered(reading),
        **_split(reading),
        **_interval(reading),
    }
    if reading.asks_change or (not reading.breakdown and series is None):
        arguments |= _compared_if_known(reading, period, clock)
    return [Call("measure_metric", {"metric": name, **arguments})]


def _with_whole(reading: Reading, metric: Metric) -> Reading:
    """Split by what a share is asked of, rather than leave the others out: they are the whole."""
    dimension = reading.share_of if adds_up(metric) else None
    if dimension is None:
        return reading
    others = {name: values for name, values in reading.filters.items() if name != dimension}
    return replace(reading, breakdown=dimension, filters=others)


def _series(reading: Reading, clock: AnyClock) -> Period | None:
    """Return the days of a series that is asked for without a period: the latest ones that the data covers."""
    if reading.period or reading.interval is None or not EACH.search(reading.question):
        return None
    covered = clock.all_days()
    if covered is None:
        return None
    return Period(max(covered[0], covered[1] - _SERIES_DAYS[reading.interval]), covered[1], "")


def is_empty(gathered: Gathered) -> bool:
    """Tell whether measuring found nobody to measure."""
    return bool(gathered.evidence) and all(
        not item.figures[0].n for item in gathered.evidence if item.figures
    )


def _tool(reading: Reading, gathered: Gathered, semantics: Semantics, clock: AnyClock) -> list[Call]:
    """Call the tool that the question asks for, and search for what it leaves; nothing where an argument is missing."""
    tool = next(t for t in TOOLS if t.name == reading.tool)
    given = tool_arguments(tool, reading, semantics, clock)
    if tool.name == "measure_impact" and (
        missing_argument(tool, given) or has_no_baseline(reading, semantics)
    ):
        return _campaign(reading, given, semantics)
    if missing_argument(tool, given):
        return []  # asked for when writing
    return [
        Call(tool.name, given),
        *(_search(reading) if reading.unread and reading.intent == "tool" else []),
    ]


def _campaign(reading: Reading, given: dict[str, Any], semantics: Semantics) -> list[Call]:
    """Measure what a campaign was to move: against those it did not reach, else beside as many days before.

    What was written about it is looked up, too. Where several dimensions say whom it reached, one is asked for.
    """
    moved = campaign_measures(reading, semantics)[:_MOST_METRICS]
    if "treated" in given:
        measured = [Call("measure_impact", given | {"metric": name}) for name, _ in moved]
    elif campaign_reach(reading, semantics):
        return []  # asked for when writing
    else:
        measured = [
            Call("measure_metric", {"metric": name, **_dates(period), **_dates(period.before(), "compare_")})
            for name, period in moved
        ]
    return [*measured, *_search(reading)]


def _tactics(reading: Reading, semantics: Semantics | None) -> list[Call]:
    metric = semantics.metrics.get(reading.metric or "") if semantics else None
    arguments = {
        "query": reading.question,
        "stage": metric.stage if metric else None,
        "metric": reading.metric,
    }
    return [Call("suggest_tactics", {name: value for name, value in arguments.items() if value})]


def _dates(period: Period, prefix: str = "") -> dict[str, str]:
    return {f"{prefix}start": period.start.isoformat(), f"{prefix}end": period.end.isoformat()}


def _compared_if_known(reading: Reading, period: Period, clock: AnyClock) -> dict[str, str]:
    """Return what to compare with: nothing where the data begins later, unless how far it moved is what is asked."""
    is_wanted = reading.names_comparison and reading.direction
    return {} if lacks_comparison(reading, period, clock) and not is_wanted else _compared(reading, period)


def lacks_comparison(reading: Reading, period: Period, clock: AnyClock) -> bool:
    """Whether the data begins after the period to compare with."""
    known = clock.all_days()
    return known is not None and _compared_period(reading, period).end < known[0]


def _compared(reading: Reading, period: Period) -> dict[str, str]:
    return _dates(_compared_period(reading, period), "compare_")


def _compared_period(reading: Reading, period: Period) -> Period:
    return reading.compared or (period.year_before() if reading.yearly else period.before())


def _filtered(reading: Reading) -> dict[str, Any]:
    filters = reading.filters | ({"segment": list(reading.segments)} if reading.segments else {})
    return {"filters": filters} if filters else {}


def _split(reading: Reading) -> dict[str, Any]:
    return {"breakdown": reading.breakdown} if reading.breakdown else {}


def _interval(reading: Reading) -> dict[str, Any]:
    return {"interval": reading.interval} if reading.interval else {}


def _usual_period(reading: Reading, clock: AnyClock) -> Period:
    return Period(*clock.usual_days(reading.metric), "", "week")


_MEASUREMENTS: dict[str, Callable[[Reading, Gathered, Semantics, AnyClock], list[Call]]] = {
    "explain": _explain,
    "metric": _metric,
    "forecast": _tool,
    "active": _tool,
    "growth": _tool,
    "retention": _tool,
    "funnel": _tool,
    "tool": _tool,
}
