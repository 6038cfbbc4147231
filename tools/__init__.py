"""Metrics on event data: typed measurements that state their own definition.

`Metrics.open(path)` reads a workspace's `metrics.yaml`; `Metrics.run(name, arguments, teams=...)` measures.
Names are resolved on first use, because importing pandas takes longer than printing a help page may.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.catalog import Coverage, Metrics, MetricTool
    from tools.errors import MetricError
    from tools.results import DefinitionItem, Figure, MetricResult, Text, format_value
    from tools.semantics import Semantics, load_semantics

_HOMES = {
    "Coverage": "tools.catalog",
    "DefinitionItem": "tools.results",
    "Figure": "tools.results",
    "MetricError": "tools.errors",
    "MetricResult": "tools.results",
    "MetricTool": "tools.catalog",
    "Metrics": "tools.catalog",
    "Semantics": "tools.semantics",
    "Text": "tools.results",
    "format_value": "tools.results",
    "load_semantics": "tools.semantics",
}

__all__ = [
    "Coverage",
    "DefinitionItem",
    "Figure",
    "MetricError",
    "MetricResult",
    "MetricTool",
    "Metrics",
    "Semantics",
    "Text",
    "format_value",
    "load_semantics",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
