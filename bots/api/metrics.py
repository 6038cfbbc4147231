"""`/v1/metrics`: what can be measured, and measuring it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field
from starlette.requests import Request

from assistant.access import Principal
from assistant.assistant import Assistant
from assistant.language import Language
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.language import settle_language
from bots.api.models import MetricReport
from bots.api.problems import RequestError
from tools.catalog import Metrics, MetricTool
from tools.errors import MetricError, UnknownMetric, show, suggest
from tools.results import Text
from tools.semantics import Metric, Semantics

router = APIRouter(tags=["metrics"], route_class=StrictRoute)


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


@router.get("/metrics", summary="What can be measured")
def list_metrics(request: Request, assistant: TheAssistant, asker: Asker) -> MetricsCatalogue:
    """List tools with the JSON Schema of their arguments, named metrics, dimensions, and what the data covers."""
    metrics = assistant.metrics
    if metrics is None:
        return MetricsCatalogue(timezone=None, today=None, tools=(), metrics=(), dimensions=(), coverage=())
    semantics = metrics.semantics.visible_to(asker.teams)
    language = settle_language(request)
    return MetricsCatalogue(
        timezone=semantics.timezone,
        today=_today(metrics, asker),
        tools=tuple(_tool(tool) for tool in metrics.tools()),
        metrics=tuple(_metric(semantics, name, metric) for name, metric in semantics.metrics.items()),
        dimensions=tuple(_dimension(semantics, name) for name in semantics.dimensions),
        coverage=tuple(_coverage(metrics, name, asker, language) for name in semantics.sources),
    )


@router.post("/metrics/{name}", summary="Measure something")
def measure(
    name: str,
    body: Annotated[
        dict[str, Any], Body(description="The tool's arguments; beside them `language`: zh or en.")
    ],
    request: Request,
    assistant: TheAssistant,
    asker: Asker,
) -> MetricReport:
    """Run a tool by its name, or measure a named metric by its id (measure_metric with that metric)."""
    language = settle_language(request, asked=_language(body.get("language")))
    arguments = {key: value for key, value in body.items() if key != "language"}
    metrics = _declared(assistant)
    tool = name
    if name not in {tool.name for tool in metrics.tools()}:
        tool = "measure_metric"
        _check_metric(metrics, name, arguments, asker)
        arguments["metric"] = name
    result = metrics.run(tool, arguments, teams=asker.teams, language=language)
    return MetricReport.model_validate(result.to_dict(language))


def _check_metric(metrics: Metrics, name: str, arguments: dict[str, Any], asker: Principal) -> None:
    semantics = metrics.semantics.visible_to(asker.teams)
    if name not in semantics.metrics:
        en, zh = suggest(name, [*(tool.name for tool in metrics.tools()), *semantics.metrics])
        shown = show(name)
        raise RequestError(
            404,
            UnknownMetric.code,
            en=f"There is no tool or metric {shown}.{en}",
            zh=f"没有工具或指标 {shown}。{zh}",
            parameter="name",
        )
    if arguments.get("metric", name) != name:
        raise RequestError(
            422,
            "invalid_argument",
            en=f"The address measures {name}; leave metric out of the body.",
            zh=f"该地址计算的是 {name}，请求体中不应再给出 metric。",
            parameter="metric",
        )


def _declared(assistant: Assistant) -> Metrics:
    if assistant.metrics is None:
        raise RequestError(
            422,
            "no_data",
            en="This workspace has no data yet; metrics.yaml declares no source.",
            zh="此工作区还没有数据：metrics.yaml 尚未声明数据源。",
        )
    return assistant.metrics


def _language(asked: Any) -> Literal["zh", "en"] | None:
    if asked is None or asked in ("zh", "en"):
        language: Literal["zh", "en"] | None = asked
        return language
    raise RequestError(
        422,
        "invalid_argument",
        en=f'language is "{show(asked)}"; it must be zh or en.',
        zh=f"language 的值为“{show(asked)}”，应为 zh 或 en。",
        parameter="language",
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
