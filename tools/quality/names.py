"""Checks of names: values and events that differ in capitals, blanks or width alone."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tools.errors import show
from tools.quality.findings import Finding
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis

_MOST_VALUES = 5_000
_JOINTS = re.compile(r"[\s_\-]+")
_WORDS = re.compile(r"[^\W_]+")


def fold(name: str) -> str:
    """Write a name as one that differs in capitals, blanks, hyphens or width alone is written.

    >>> fold(" Sign-Up"), fold("sign_up"), fold("ＡＰＰ")
    ('sign up', 'sign up', 'app')
    """
    return _JOINTS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def likeness(one: str, other: str) -> float:
    """Grade how alike two names are, from 0 to 1: by their letters, or by the words that they share.

    >>> likeness("view_item", "item_view"), likeness("view", "pay")
    (1.0, 0.0)
    """
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one), re.sub(r"(?<=[a-z])(?=[A-Z])", "_", other)
    words = [set(_WORDS.findall(fold(name))) for name in spelled]
    shared = len(words[0] & words[1]) / max(1, min(len(w) for w in words))
    return max(shared, difflib.SequenceMatcher(None, fold(one), fold(other)).ratio())


def check_names(scope: Scope, rows: "ibis.Table") -> Iterator[Finding]:
    """Find values of dimensions, and events, that are the same but for their spelling."""
    yield from _variants(scope.source.event_counts, "event_spellings", Text("事件名", "event names"))
    events = scope.source.events
    for dimension in scope.source.dimensions:
        column = events[f"d_{dimension}"]
        counted = events.group_by(value=column).agg(n=events.count())
        table = scope.source.engine.fetch(counted.order_by(counted.n.desc()).limit(_MOST_VALUES))
        counts = {str(v): int(n) for v, n in zip(table["value"], table["n"], strict=True)}
        name = scope.semantics.dimension_text(dimension)
        label = Text(f"维度“{name.zh}”的取值", f"values of dimension “{name.en}”")
        yield from _variants(counts, "value_spellings", label)


def _variants(counts: Mapping[str, int], check: str, label: Text) -> Iterator[Finding]:
    groups: dict[str, list[str]] = {}
    for value in sorted(counts, key=lambda v: (-counts[v], v)):
        groups.setdefault(fold(value), []).append(value)
    several = [values for values in groups.values() if len(values) > 1]
    if not several:
        return
    n = sum(counts[v] for values in several for v in values[1:])
    zh, en = (
        [" / ".join(style.format(show(v), counts[v]) for v in values[:4]) for values in several[:3]]
        for style in ("“{}”（{:,}）", "“{}” ({:,})")
    )
    yield Finding(
        check, "warning", sum(len(values) - 1 for values in several), len(counts),
        Text(f"{label.zh}中有 {len(several):,} 组只差大小写、空格或连字符，例如 {'；'.join(zh)}。", f"{len(several):,} groups of {label.en} differ in capitals, blanks or hyphens alone, such as {'; '.join(en)}."),
        Text(f"同一个东西被拆成几份，每份都偏小；涉及 {n:,} 行。", f"One thing is split into several, each too small; {n:,} rows are concerned."),
        Text("在数据中统一写法；事件名也可在 metrics.yaml 中用 any_of 合并。", "Write them one way in the data; events can also be joined with any_of in metrics.yaml."),
    )  # fmt: skip
