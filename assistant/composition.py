"""Put the agent together: the chat model, the embedded analyst and the tools."""

from typing import Any

from assistant.agent import build_agent
from assistant.analyst.model import Analyst
from assistant.analyst.vocabulary import Vocabulary
from assistant.models import Models
from assistant.planning.advice import Advisor
from assistant.toolset import build_toolset
from knowledge import KnowledgeBase
from tools import Metrics

__all__ = ["Models", "compose_agent"]


def compose_agent(
    *,
    models: Models,
    knowledge: KnowledgeBase,
    metrics: Metrics | None,
    advisor: Advisor,
) -> Any:
    """Return the compiled agent of a workspace. Imports LangChain, which takes seconds."""
    analyst = Analyst(
        vocabulary=Vocabulary(metrics.semantics if metrics else None),
        metrics=metrics,
        reader=knowledge,
    )
    return build_agent(
        models=models,
        analyst=analyst,
        tools=build_toolset(knowledge, metrics, advisor),
    )
