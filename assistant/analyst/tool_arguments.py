"""The arguments of a published tool: from the question, else from metrics.yaml.

Each argument is known by the name that the argument models give it, so a tool that is added to the catalogue is asked
for by its own model; nothing here knows which tool it fills.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from assistant.analyst.campaigns import campaign_days, campaign_reach
from assistant.analyst.clock import AnyClock
from assistant.analyst.experiment_reading import find_experiment
from assistant.analyst.options import read_rule
from assistant.analyst.patterns import REPEAT
from assistant.analyst.periods import Period
from assistant.analyst.reading import Reading
from knowledge.language import to_simplified
from tools.catalog import TOOLS
from tools.metric_kinds import EventSumMetric, Metric
from tools.publication import MetricTool
from tools.semantics import Semantics

_MOST_EVENTS = 20
#: Days that an interval takes to repeat often enough to be seen.
_RECENT_DAYS = {"day": 28, "week": 84, "month": 365}
_LONGEST_WINDOW = 90
#: Days of notes on competitors that are recent.
_RECENT_NOTES = 84
_INTERVAL_DAYS = {"week": 7, "month": 28}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the readers of arguments look at."""

    tool: MetricTool
    reading: Reading
    semantics: Semantics
    clock: AnyClock

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.tool.arguments.model_fields)

    @property
    def metric(self) -> Metric | None:
        """The named metric that the question is about."""
        return self.semantics.metrics.get(self.reading.metric or "")

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(e for e in self.reading.steps if e != "*")


def tool_arguments(
    tool: MetricTool, reading: Reading, semantics: Semantics, clock: AnyClock
) -> dict[str, Any]:
    """Return the arguments to call a tool with; a required one that nothing tells is left out."""
    asked = _Asked(tool, reading, semantics, clock)
    given: dict[str, Any] = {k: v for k, v in reading.options.items() if _is_taken(asked, k, v)}
    for name, read in _READERS.items():
        if name in asked.fields and (value := read(asked)) is not None:
            given[name] = value
    days = None
    if "treated" in asked.fields:
        # What a campaign reached is what the question names a value of, of one dimension: others are to be asked for.
        reached, days = campaign_reach(reading, semantics), campaign_days(reading, semantics)
        given |= {"treated": reached} if len(reached) == 1 else {}
    elif "filters" in asked.fields and (filters := _filters(asked)):
        given["filters"] = filters
    if needs_period(tool.name):
        period = days or _spanned(asked) or reading.period or _recent_period(asked)
        given |= {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return given


def _spanned(asked: _Asked) -> Period | None:
    """Return July and August as one period, for a log of changes that compares none."""
    first, last = asked.reading.compared, asked.reading.period
    if "competitors" not in asked.fields or first is None or last is None:
        return None
    return Period(first.start, last.end, "")


def needs_period(tool: str) -> bool:
    """Tell whether a tool measures a period, rather than all data."""
    fields = next((t.arguments.model_fields for t in TOOLS if t.name == tool), {})
    return all(name in fields and fields[name].is_required() for name in ("start", "end"))


def missing_argument(tool: MetricTool, given: dict[str, Any]) -> str | None:
    """Name the first argument that the tool needs and that is not given."""
    needed = [n for n, f in tool.arguments.model_fields.items() if f.is_required() and n not in given]
    if "rule" in tool.arguments.model_fields and not {"rule", "segment"} & given.keys():
        needed.append("segment")
    return needed[0] if needed else None


def _is_taken(asked: _Asked, name: str, value: Any) -> bool:
    """Tell whether the tool takes an option: it knows the name, and the kind of value where names are shared."""
    if name not in asked.fields or value is None:
        return False
    words = _choices(asked.tool.arguments.model_fields[name].annotation)
    if words and isinstance(value, str) and value not in words:
        return False
    return name != "window" or asked.tool.name != "measure_active_users"


def _choices(annotation: Any) -> frozenset[Any]:
    """List the words that an argument may be, if it may be nothing else."""
    parts = get_args(annotation)
    if not any(isinstance(part, str) for part in parts):
        return frozenset().union(*(_choices(part) for part in parts)) if parts else frozenset()
    return frozenset(parts)


def _filters(asked: _Asked) -> dict[str, list[str]]:
    chosen = {} if "segment" in asked.fields else {"segment": list(asked.reading.segments)}
    return asked.reading.filters | {name: values for name, values in chosen.items() if values}


def _recent_period(asked: _Asked) -> Period:
    """Return enough recent time to see an interval repeat; a year for funnels and for money."""
    if "competitors" in asked.fields:  # what was noted today counts, and whatever the events cover
        return Period(asked.clock.today - timedelta(days=_RECENT_NOTES - 1), asked.clock.today, "")
    end = asked.clock.last_full_day
    interval = asked.reading.interval or _usual_interval(asked)
    start = end - timedelta(days=_RECENT_DAYS[interval] - 1)
    covered = asked.clock.all_days()
    start = date(start.year, start.month, 1) if interval == "month" else start
    return Period(max(start, covered[0]) if covered and covered[0] <= end else start, end, "")


def _usual_interval(asked: _Asked) -> str:
    if {
        "steps",
        "property",
        "silence_days",
        "take_from",
    } & asked.fields or "min_occurrences" in asked.reading.options:
        return "month"
    field = asked.tool.arguments.model_fields.get("interval")
    return str(field.default) if field else "day"


def _interval(asked: _Asked) -> str | None:
    """Return the interval named; what is usually told by the week is told by the month of a month."""
    period, field = asked.reading.period, asked.tool.arguments.model_fields.get("interval")
    whole = period is not None and period.kind == "month" and field is not None and field.default == "week"
    named = asked.reading.interval or ("month" if whole else None)
    return named if field is not None and named in get_args(field.annotation) else None


def _breakdown(asked: _Asked) -> str | None:
    return asked.reading.breakdown


def _steps(asked: _Asked) -> list[str] | None:
    """Return the events named in order, else the steps of the named conversion, else of the longest one."""
    reading, semantics = asked.reading, asked.semantics
    if reading.steps == ("*", "*"):
        names = [s.event_name for s in semantics.sources.values() if s.event_name]
        return [names[0], names[0]] if names else None
    if len(reading.steps) >= 2:
        return list(reading.steps)
    conversions = [
        m
        for m in (asked.metric, *semantics.metrics.values())
        if m is not None
        and m.kind == "conversion"
        and (m is asked.metric or set(asked.events) <= set(m.steps))
    ]
    best = max(conversions, key=lambda m: (m is asked.metric, len(m.steps)), default=None)
    return list(best.steps) if best else None


def _window(asked: _Asked) -> str | None:
    if "steps" not in asked.fields or "window" in asked.reading.options:
        return asked.reading.options.get("window") if "steps" in asked.fields else None
    if asked.metric is not None and asked.metric.kind == "conversion":
        return asked.metric.window
    return "90d" if REPEAT.search(asked.reading.question) else None  # a second purchase takes weeks, not days


def _of_conversion(name: str) -> Callable[[_Asked], Any]:
    """Make a reader of what the metric asked about says of its funnel, where that is the funnel asked about."""

    def read(asked: _Asked) -> Any:
        metric = asked.metric
        if metric is None or metric.kind != "conversion" or _steps(asked) != list(metric.steps):
            return None
        found = metric.model_dump(mode="json", include={name})[name]
        return found or None

    return read


def _events(asked: _Asked) -> list[str] | None:
    """Return the events named, else all that are declared; none where a word of the question is still unread."""
    if asked.events:
        return list(dict.fromkeys(asked.events))
    if asked.reading.unread:
        return None
    declared = [n for n, event in asked.semantics.events.items() if not event.any_of]
    return declared[:_MOST_EVENTS] or None


def _event(asked: _Asked) -> str | None:
    """Return the one event that a tool is about: the named one, the metric's, or that of the money."""
    if {"events", "invite_event"} & asked.fields:
        return None  # there, `event` says who counts as active
    if asked.events:
        return asked.events[-1 if "direction" in asked.fields else 0]
    event = None if _is_of_tool(asked) else getattr(asked.metric, "event", None)
    money = _money(asked) if "property" in asked.fields else None
    return event or (money.event if money else None)


def _is_of_tool(asked: _Asked) -> bool:
    """Tell whether what the metric is called is what the tool counts: the new of 新增、回流和沉默 are no sign-ups."""
    return asked.metric is not None and bool({*asked.metric.synonyms} & {*asked.tool.synonyms})


def _property(asked: _Asked) -> str | None:
    money = _money(asked)
    return money.property if money else None


def _value_property(asked: _Asked) -> str | None:
    return _property(asked) if "value_property" in asked.reading.options else None


def _money(asked: _Asked) -> EventSumMetric | None:
    """Return the sum that the question names, else the first of metrics.yaml about the events it names."""
    named = [asked.metric, *asked.semantics.metrics.values()]
    sums = [m for m in named if isinstance(m, EventSumMetric)]
    return next((m for m in sums if not asked.events or m.event in asked.events), None)


def _segment(asked: _Asked) -> str | None:
    """Return the segment named, else the only one there is."""
    if asked.reading.segments:
        return asked.reading.segments[0]
    if "rule" in asked.fields and _rule(asked):
        return None
    saved = list(asked.semantics.segments)
    return saved[0] if len(saved) == 1 else None


def _rule(asked: _Asked) -> dict[str, Any] | None:
    period = asked.reading.period
    days = (period.end - period.start).days + 1 if period else None
    event = asked.events[0] if asked.events else None
    return read_rule(asked.reading.question, event, days)


def _retention_events(name: str) -> Callable[[_Asked], str | None]:
    def read(asked: _Asked) -> str | None:
        if name == "cohort_event" and asked.reading.who:
            return asked.reading.who
        others = [e for e in asked.events if e != asked.reading.who]
        if name == "return_event" and (others or asked.events.count(str(asked.reading.who)) > 1):
            return (others or asked.events)[0]
        return getattr(asked.metric, name, None)

    return read


def _period_unit(asked: _Asked) -> str | None:
    return asked.reading.interval or getattr(asked.metric, "period", None)


def _window_days(asked: _Asked) -> int | None:
    if "window_days" in asked.reading.options:
        return int(asked.reading.options["window_days"])
    if asked.reading.interval in _INTERVAL_DAYS:
        return _INTERVAL_DAYS[asked.reading.interval]
    period = asked.reading.period
    days = (period.end - period.start).days + 1 if period else _LONGEST_WINDOW + 1
    return days if 1 < days <= _LONGEST_WINDOW else None


def _as_of(asked: _Asked) -> str | None:
    """Return the end of the period that a question names, as far as it has passed."""
    period = asked.reading.period
    return None if period is None else min(period.end, asked.clock.today).isoformat()


def _metric(asked: _Asked) -> str | None:
    return asked.reading.metric


def _experiment(asked: _Asked) -> str | None:
    found = find_experiment(to_simplified(asked.reading.question), asked.semantics)
    return None if found is None else found.key


_READERS: dict[str, Callable[[_Asked], Any]] = {
    "metric": _metric,
    "experiment": _experiment,
    "steps": _steps,
    "window": _window,
    **{name: _of_conversion(name) for name in ("entry", "order", "optional", "exclusions")},
    "events": _events,
    "event": _event,
    "property": _property,
    "value_property": _value_property,
    "segment": _segment,
    "rule": _rule,
    "cohort_event": _retention_events("cohort_event"),
    "return_event": _retention_events("return_event"),
    "period": _period_unit,
    "window_days": _window_days,
    "interval": _interval,
    "breakdown": _breakdown,
    "as_of": _as_of,
}
