"""Names within `metrics.yaml`: those of segments and metrics must tell one from another."""

from collections.abc import Mapping
from typing import Any

from tools.declarations import fold
from tools.errors import SemanticsError, show
from tools.segments.rules import find_cycle
from tools.semantics import Semantics

SEGMENT = "segment"
Location = tuple[str | int, ...]


def find_line(document: Any, location: Location) -> int:
    """Find the line of the deepest part of `location` that the file has (1-based)."""
    line, node = 0, document
    for part in location:
        if isinstance(node, Mapping) and part in node:
            # A key that is merged in (<<) has its line elsewhere.
            line = (node.lc.data or {}).get(part, (line,))[0]  # type: ignore[attr-defined]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            line = node.lc.item(part)[0]  # type: ignore[attr-defined]
        else:
            continue
        node = node[part]
    return line + 1


def check_segment_names(name: str, document: Any, semantics: Semantics) -> None:
    """Refuse segments that refer to each other in a circle, and names that dimensions have too.

    Raises:
        SemanticsError: naming the line.
    """
    cycle = find_cycle(semantics.segments)
    if cycle:
        line, path = find_line(document, ("segments", cycle[0])), " → ".join(show(c) for c in cycle)
        raise SemanticsError(
            en=f"{name}, line {line}: segments refer to each other in a circle: {path}.",
            zh=f"{name} 第 {line} 行：人群互相循环引用：{path}。",
            parameter="segments",
        )
    for segment in semantics.segments:
        if segment in semantics.dimensions or SEGMENT in (segment, *semantics.dimensions):
            line = find_line(document, ("segments", segment))
            raise SemanticsError(
                en=f"{name}, line {line}: segment {show(segment)} needs a name that no dimension has, and with "
                f"segments no dimension may be called {SEGMENT}.",
                zh=f"{name} 第 {line} 行：人群 {show(segment)} 不能与维度重名；声明人群后，维度也不能叫 {SEGMENT}。",
                parameter=show(segment),
            )


def check_metric_names(name: str, document: Any, semantics: Semantics) -> None:
    """Refuse two metrics that are called alike: nobody could ask for either.

    Raises:
        SemanticsError: naming the line of the later one.
    """
    taken: dict[str, str] = {}
    for metric, declared in semantics.metrics.items():
        called = (metric, declared.names.zh, declared.names.en)
        for word in (w for w in called if w):
            other = taken.setdefault(fold(word), metric)
            if other != metric:
                line = find_line(document, ("metrics", metric))
                raise SemanticsError(
                    en=f"{name}, line {line}: the metrics {show(other)} and {show(metric)} are both called "
                    f"{show(word)}; give one of them another name (names: {{zh: …, en: …}}).",
                    zh=f"{name} 第 {line} 行：指标 {show(other)} 与 {show(metric)} 都叫“{show(word)}”，"
                    "请为其中一个另起名称（names: {zh: …, en: …}）。",
                    parameter=show(metric),
                )
