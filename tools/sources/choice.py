"""Which source of `metrics.yaml` a call reads."""

from tools.definitions import ToolArguments
from tools.errors import InvalidArgument, SourceUnavailable, show, suggest
from tools.metric_kinds import metric_events
from tools.named import find_metric
from tools.semantics import Semantics

_EVENT_FIELDS = ("event", "cohort_event", "return_event", "invite_event", "accept_event", "exposure_event")
_EVENT_LISTS = ("steps", "events")


def choose_source(semantics: Semantics, arguments: ToolArguments) -> str:
    """Choose the source: the feedback where that is read, as asked, as the metric or event declares, as the event is named, else the first."""
    if arguments.reads_feedback:
        return find_feedback(semantics, arguments.source)
    if arguments.source is not None:
        return find_source(semantics, arguments.source)
    name = getattr(arguments, "metric", None)
    if name is not None:
        return source_of_metric(semantics, name)
    named = getattr(arguments, "experiment", "")
    experiment = semantics.experiments.get(semantics.latest_experiment or "" if named is None else named)
    if experiment is not None:
        return experiment.source or source_of_metric(semantics, experiment.metrics[0])
    source = _source_of(semantics, _named_events(arguments)) or _source_of_segment(semantics, arguments)
    return find_source(semantics, source)


def _source_of_segment(semantics: Semantics, arguments: ToolArguments) -> str | None:
    named = [getattr(arguments, "segment", None), *arguments.filters.get("segment", ())]
    declared = (semantics.segments[name].source for name in named if name in semantics.segments)
    return next((source for source in declared if source is not None), None)


def source_of_metric(semantics: Semantics, name: str) -> str:
    """Choose the source of a metric: as it declares, as its events declare or are named, else the first."""
    metric = find_metric(semantics, name)
    if metric.source is not None:
        return metric.source
    return find_source(semantics, _source_of(semantics, list(metric_events(metric))))


def _source_of(semantics: Semantics, events: list[str]) -> str | None:
    for event in events:
        declared = semantics.events.get(event)
        if declared is not None and declared.source is not None:
            return declared.source
        for name, source in semantics.sources.items():
            if source.event_name == event:
                return name
    return None


def find_feedback(semantics: Semantics, name: str | None) -> str:
    """Return a source of feedback by its name, or the first.

    Raises:
        InvalidArgument: the named source has no text.
        SourceUnavailable: no source has any.
    """
    feedback = [n for n, source in semantics.sources.items() if source.text is not None]
    if not feedback:
        raise SourceUnavailable(
            en="No source of metrics.yaml has feedback; declare a table with text: and time:, and perhaps user:, "
            "rating:, channel: and language:.",
            zh="metrics.yaml 中没有用户反馈数据源；请声明一个含 text 与 time（可选 user、rating、channel、language）的表。",
            parameter="source",
        )
    if name is None:
        return feedback[0]
    if find_source(semantics, name) in feedback:
        return name
    en, zh = suggest(name, feedback)
    raise InvalidArgument(
        en=f"Source {show(name)} has no text, so it holds no feedback.{en}",
        zh=f"数据源 {show(name)} 没有 text 列，不是用户反馈。{zh}",
        parameter="source",
    )


def find_source(semantics: Semantics, name: str | None) -> str:
    """Return a source by its name, or the first that is not feedback, if there is one.

    Raises:
        InvalidArgument: naming the nearest source.
        SourceUnavailable: there is none to read.
    """
    if not semantics.sources:
        raise SourceUnavailable(
            en="There is no source to read.", zh="没有可读取的数据源。", parameter="source"
        )
    if name is None:
        return min(semantics.sources, key=lambda n: semantics.sources[n].text is not None)
    if name in semantics.sources:
        return name
    en, zh = suggest(name, semantics.sources)
    raise InvalidArgument(
        en=f"There is no source {show(name)}.{en}", zh=f"没有数据源 {show(name)}。{zh}", parameter="source"
    )


def _named_events(arguments: ToolArguments) -> list[str]:
    named = [getattr(arguments, field, None) for field in _EVENT_FIELDS]
    return [
        *(e for e in named if e is not None),
        *(e for f in _EVENT_LISTS for e in getattr(arguments, f, ())),
    ]
