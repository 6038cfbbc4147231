"""A published tool: what an agent, an API and a command line are told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tools.results import MetricResult, Text


@dataclass(frozen=True, slots=True)
class MetricTool:
    """A published tool.

    Attributes:
        name: what `Metrics.run` takes.
        title, summary: what people and models read.
        synonyms, examples: words and questions that call for it, in both languages.
        arguments: pydantic model whose field descriptions a language model reads.
        measure: takes a scope (of a source, or of the notes on competitors) and the arguments.
        totals: figures (patterns of names) that tell of everybody asked about, and so may be shown where smaller
            groups in the table are not.
        looks_back: whether all history up to the period's end is read, and not the period alone.
        guards_groups: whether the tool hides small groups itself, since the numbers of its table do not count people.
    """

    name: str
    title: Text
    summary: Text
    synonyms: tuple[str, ...]
    examples: tuple[Text, ...]
    arguments: type[BaseModel]
    measure: Callable[[Any, Any], MetricResult]
    totals: tuple[str, ...] = ()
    looks_back: bool = False
    guards_groups: bool = False
