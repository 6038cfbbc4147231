"""What can be measured, as the doors tell it: tools, named metrics, dimensions, events, and what the data covers."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, Field

from assistant.access import Principal
from assistant.assistant import Assistant
from assistant.language import Language
from tools.catalog import Metrics, MetricTool
from tools.declarations import Named
from tools.errors import MetricError
from tools.results import Text
from tools.semantics import Metric, Semantics


class BothLanguages(BaseModel):
    """A text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> "BothLanguages":
        """Build it from a metric's text."""
        return cls(zh=text.zh, en=text.en)


class ToolView(BaseModel):
    """A published tool; `arguments` is the JSON Schema of what it takes."""

    name: str
    title: BothLanguages
    summary: BothLanguages
    synonyms: tuple[str, ...]
    examples: tuple[BothLanguages, ...]
    arguments: dict[str, Any]


class NamedMetric(BaseModel):
    """A metric of metrics.yaml; `definition` is what it says there."""

    id: str
    names: BothLanguages
    kind: str
    stage: str | None
    good: str
    synonyms: tuple[str, ...]
    definition: dict[str, Any]


class DimensionView(BaseModel):
    """A column that results can be split and filtered by; `values` are the declared ones."""

    id: str
    names: BothLanguages
    synonyms: tuple[str, ...]
    source: str | None
    values: dict[str, BothLanguages]


class NamedView(BaseModel):
    """An event, a saved segment or an experiment of metrics.yaml."""

    id: str
    names: BothLanguages
    synonyms: tuple[str, ...]


class CoverageView(BaseModel):
    """What a source spans, in local days; or why it cannot be read."""

    source: str
    start: str | None = None
    end: str | None = None
    data_as_of: str | None = None
    error: str | None = None


class MetricsCatalogue(BaseModel):
    """Everything that can be measured by the asker."""

    timezone: str | None
    today: str | None = Field(description="The local day that words such as “last week” count from.")
    tools: tuple[ToolView, ...]
    metrics: tuple[NamedMetric, ...]
    dimensions: tuple[DimensionView, ...]
    coverage: tuple[CoverageView, ...]
    events: tuple[NamedView, ...]
    segments: tuple[NamedView, ...]
    experiments: tuple[NamedView, ...]


def describe_metrics(assistant: Assistant, asker: Principal, language: Language) -> MetricsCatalogue:
    """Describe what can be measured by the asker; errors of a source in `language`, all else in both."""
    metrics = assistant.metrics
    if metrics is None:
        return MetricsCatalogue(
            timezone=None, today=None, tools=(), metrics=(), dimensions=(), coverage=(),
            events=(), segments=(), experiments=(),
        )  # fmt: skip
    semantics = metrics.semantics.visible_to(asker.teams)
    return MetricsCatalogue(
        timezone=semantics.timezone,
        today=_today(metrics, asker),
        tools=tuple(_tool(tool) for tool in metrics.tools()),
        metrics=tuple(_metric(semantics, name, metric) for name, metric in semantics.metrics.items()),
        dimensions=tuple(_dimension(semantics, name) for name in semantics.dimensions),
        coverage=tuple(_coverage(metrics, name, asker, language) for name in semantics.sources),
        events=_named(semantics.events, semantics.event_text),
        segments=_named(semantics.segments, semantics.segment_text),
        experiments=_named(semantics.experiments, semantics.experiment_text),
    )


def _today(metrics: Metrics, asker: Principal) -> str | None:
    try:
        return metrics.today(teams=asker.teams).isoformat()
    except MetricError:
        return None  # the coverage of each source says why


def _tool(tool: MetricTool) -> ToolView:
    return ToolView(
        name=tool.name,
        title=BothLanguages.of(tool.title),
        summary=BothLanguages.of(tool.summary),
        synonyms=tool.synonyms,
        examples=tuple(BothLanguages.of(example) for example in tool.examples),
        arguments=tool.arguments.model_json_schema(),
    )


def _metric(semantics: Semantics, name: str, metric: Metric) -> NamedMetric:
    return NamedMetric(
        id=name,
        names=BothLanguages.of(semantics.metric_text(name)),
        kind=metric.kind,
        stage=metric.stage,
        good=metric.good,
        synonyms=metric.synonyms,
        definition=metric.model_dump(
            mode="json", exclude={"names", "synonyms", "stage", "good"}, exclude_none=True
        ),
    )


def _dimension(semantics: Semantics, name: str) -> DimensionView:
    dimension = semantics.dimensions[name]
    return DimensionView(
        id=name,
        names=BothLanguages.of(semantics.dimension_text(name)),
        synonyms=dimension.synonyms,
        source=dimension.source,
        values={value: BothLanguages.of(semantics.value_text(name, value)) for value in dimension.values},
    )


def _named(declared: Mapping[str, Named], text: Callable[[str], Text]) -> tuple[NamedView, ...]:
    return tuple(
        NamedView(id=name, names=BothLanguages.of(text(name)), synonyms=thing.synonyms)
        for name, thing in declared.items()
    )


def _coverage(metrics: Metrics, source: str, asker: Principal, language: Language) -> CoverageView:
    try:
        covered = metrics.coverage(source, teams=asker.teams)
    except MetricError as error:
        return CoverageView(source=source, error=error.in_language(language))
    return CoverageView(
        source=source,
        start=covered.start.isoformat(),
        end=covered.end.isoformat(),
        data_as_of=covered.data_as_of.isoformat(),
    )
