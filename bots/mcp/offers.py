"""What the door offers as tools: one per published tool of the catalogue, and search, answers and the catalogue itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.access import Principal
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.language import Language
from bots.api.catalogue import MetricsCatalogue, describe_metrics
from bots.api.metrics import require_metrics
from bots.api.models import MetricReport, SearchResponse
from bots.api.search import find_passages
from bots.mcp.texts import answer_text, catalogue_text, passages_text, result_text
from tools.arguments import parse_arguments
from tools.catalog import MetricTool
from tools.results import Text


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool.

    Attributes:
        asker: Whose teams say what may be seen.
        language: What the reply is written in.
        asked: The language that the caller named, if any.
        arguments: What the tool takes, without what every tool takes.
    """

    assistant: Assistant
    asker: Principal
    language: Language
    asked: Language | None
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool says: in words, as plain JSON values, and as a chart where it has one."""

    text: str
    content: dict[str, Any]
    chart: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool: what is told of it, the models of what it takes and gives, and what answers a call."""

    name: str
    title: Text
    description: Text
    arguments: type[BaseModel]
    result: type[BaseModel]
    answer: Callable[[Call], Awaitable[Reply]]


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SearchArguments(_Arguments):
    """Arguments of search."""

    query: str = Field(
        description="A question or words; Chinese or English finds both. 问题或词语，中英文均可。"
    )
    limit: int = Field(8, ge=1, le=50, description="Most passages. 最多返回的段落数。")
    collections: list[str] | None = Field(
        None,
        max_length=50,
        description="Search only these collections, e.g. playbooks. 只在这些文档集中检索。",
    )


class AskArguments(_Arguments):
    """Arguments of ask."""

    question: str = Field(description="The question, in Chinese or English. 问题，中文或英文。")
    conversation_id: str | None = Field(
        None, description="Goes on with an earlier answer's conversation_id. 接着此前回答的对话。"
    )
    collections: list[str] | None = Field(
        None, max_length=50, description="Read only these collections. 只读这些文档集。"
    )


class NoArguments(_Arguments):
    """Arguments of a tool that takes none of its own."""


def offers_of(assistant: Assistant) -> dict[str, Offer]:
    """Return the tools of a workspace by name; without data there is nothing to measure."""
    measured = (
        (list_metrics_offer(), *map(metric_offer, assistant.metrics.tools())) if assistant.metrics else ()
    )
    return {offer.name: offer for offer in (ask_offer(), search_offer(), *measured)}


def metric_offer(tool: MetricTool) -> Offer:
    """Offer a published tool."""

    def measure(call: Call) -> Reply:
        metrics = require_metrics(call.assistant)
        result = metrics.run(tool.name, call.arguments, teams=call.asker.teams, language=call.language)
        content = result.to_dict(call.language)
        return Reply(result_text(content, metrics.semantics, call.language), content, content["chart"])

    return Offer(
        tool.name, tool.title, _with_examples(tool), tool.arguments, MetricReport, _in_thread(measure)
    )


def _with_examples(tool: MetricTool) -> Text:
    return Text(
        zh=tool.summary.zh + "例：" + "".join(f"“{example.zh}”" for example in tool.examples),
        en=" ".join([tool.summary.en, "E.g.", *(f"“{example.en}”" for example in tool.examples)]),
    )


def list_metrics_offer() -> Offer:
    """Offer the names that the arguments of the other tools take."""

    def describe(call: Call) -> Reply:
        parse_arguments("list_metrics", NoArguments, call.arguments)
        catalogue = describe_metrics(call.assistant, call.asker, call.language)
        content = catalogue.model_dump(mode="json") | {"tools": []}  # the protocol lists them
        return Reply(catalogue_text(catalogue, call.language), content)

    return Offer(
        "list_metrics",
        Text("可计算的内容", "What can be measured"),
        Text(
            zh="列出指标、事件、维度及取值、保存的人群、实验，以及数据覆盖的日期。其他工具的参数使用这里的名称；先看这里。",
            en="List metrics, events, dimensions with their values, saved segments, experiments, and the days that the "
            "data covers. The arguments of the other tools take these names: look here first.",
        ),
        NoArguments,
        MetricsCatalogue,
        _in_thread(describe),
    )


def search_offer() -> Offer:
    """Offer the passages of documents."""

    def search(call: Call) -> Reply:
        asked = parse_arguments("search", SearchArguments, call.arguments)
        found = find_passages(
            call.assistant, call.asker, asked.query, limit=asked.limit, collections=asked.collections
        )
        return Reply(passages_text(found, call.language), found.model_dump(mode="json"))

    return Offer(
        "search",
        Text("检索文档", "Search documents"),
        Text(
            zh="在团队的打法、案例、复盘与术语中检索段落，并给出其出处与可读取的资源地址。",
            en="Find passages of the team's playbooks, cases, reviews and glossary, each with its place and the "
            "address of the resource to read on.",
        ),
        SearchArguments,
        SearchResponse,
        _in_thread(search),
    )


def ask_offer() -> Offer:
    """Offer whole answers."""

    async def ask(call: Call) -> Reply:
        asked = parse_arguments("ask", AskArguments, call.arguments)
        answer = await call.assistant.ask(
            asked.question,
            principal=call.asker,
            conversation=asked.conversation_id,
            language=call.asked,
            collections=asked.collections,
        )
        charts = (evidence.chart for evidence in answer.evidence if evidence.chart)
        semantics = call.assistant.metrics.semantics if call.assistant.metrics else None
        return Reply(answer_text(answer, semantics), answer.model_dump(mode="json"), next(charts, {}))

    return Offer(
        "ask",
        Text("提问", "Ask a question"),
        Text(
            zh="用团队的文档与数据回答运营问题：结论、数据与口径、引用原文。例：“上周次日留存为什么掉了？”",
            en="Answer an operations question from the team's documents and data: the conclusion, the figures with "
            "their definition, the passages cited. E.g. “Why did day-1 retention drop last week?”",
        ),
        AskArguments,
        Answer,
        ask,
    )


def _in_thread(work: Callable[[Call], Reply]) -> Callable[[Call], Awaitable[Reply]]:
    async def answer(call: Call) -> Reply:
        return await asyncio.to_thread(work, call)

    return answer
