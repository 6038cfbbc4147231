"""The agent: one graph for every model, the embedded analyst among them."""

from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import BaseTool
from langgraph.graph.state import CompiledStateGraph

from assistant.analyst.model import Analyst
from assistant.models import ModelGuard, Models
from assistant.toolset import ToolGuard
from assistant.turn import Turn


def build_agent(
    *,
    models: Models,
    analyst: Analyst,
    tools: list[BaseTool],
) -> CompiledStateGraph[Any, Turn, Any, Any]:
    """Return the compiled agent; run it with a Turn as context."""
    return create_agent(
        model=analyst.model(None),  # the guard names the one that is asked
        tools=tools,
        middleware=[ModelGuard(analyst=analyst, models=models), ToolGuard()],
        context_schema=Turn,
        name="yunce",
    )
