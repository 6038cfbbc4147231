"""`/v1/metrics`: what can be measured, and measuring it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from starlette.requests import Request

from assistant.access import Principal
from assistant.assistant import Assistant
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.catalogue import MetricsCatalogue, describe_metrics
from bots.api.language import settle_language
from bots.api.models import MetricReport
from bots.api.problems import RequestError
from tools.catalog import Metrics
from tools.errors import UnknownMetric, show, suggest

router = APIRouter(tags=["metrics"], route_class=StrictRoute)


@router.get("/metrics", summary="What can be measured")
def list_metrics(request: Request, assistant: TheAssistant, asker: Asker) -> MetricsCatalogue:
    """List tools with the JSON Schema of their arguments, named metrics, dimensions, and what the data covers."""
    return describe_metrics(assistant, asker, settle_language(request))


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
    metrics = require_metrics(assistant)
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


def require_metrics(assistant: Assistant) -> Metrics:
    """Return the workspace's data. Raises RequestError where none is declared."""
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
