"""The order of demands by a score, those that cannot be scored apart, each with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.demands.listing import Demands
from tools.demands.reaching import Reached
from tools.demands.scores import LABELS
from tools.demands.scoring import FIELDS, ScoreMethod, rank, round_off, score
from tools.demands.sensitivity import Firmness, judged_fields, shake_order
from tools.errors import InvalidArgument, NoData
from tools.results import Text

_MOST_NAMED = 3
Inputs = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Ranked:
    """Demands in order.

    Attributes:
        method: of the score.
        weights: of the weighted score.
        order: places in the list, the best first.
        scores, ranks: of each in that order.
        firmness: of that order.
        left: place in the list -> why it has no rank.
        reached: how many users each in the list reaches.
    """

    method: ScoreMethod
    weights: Mapping[str, float]
    order: tuple[int, ...]
    scores: tuple[float, ...]
    ranks: tuple[int, ...]
    firmness: Firmness
    left: Mapping[int, Text]
    reached: Reached


def order_demands(
    demands: Demands,
    method: ScoreMethod,
    weights: Mapping[str, float],
    inputs: Inputs,
    reached: Reached,
    *,
    uncertainty: float,
    top: int,
) -> Ranked:
    """Score and order demands; equal scores stand in the order of their ids.

    Args:
        demands: the list.
        method, weights: the formula.
        inputs: field -> value of each demand; None where it is not known.
        reached: where the reach is from.
        uncertainty, top: of the test of the order (see `shake_order`).

    Raises:
        NoData: none has every score that the method needs.
    """
    import numpy as np

    fields = FIELDS[method] if method in FIELDS else tuple(sorted(weights))
    reasons = [_why_left(demands, i, fields, inputs, reached) for i in range(len(demands.ids))]
    left = {place: reason for place, reason in enumerate(reasons) if reason is not None}
    kept = [place for place in range(len(demands.ids)) if place not in left]
    if not kept:
        raise _nothing(method, demands, left, fields)
    columns = {f: np.array([inputs[f][i] for i in kept], dtype=float) for f in fields}
    scores = [round_off(float(s)) for s in score(method, columns, weights)]
    order = sorted(range(len(kept)), key=lambda i: (-scores[i], i))
    firmness = shake_order(
        method,
        {f: values[order] for f, values in columns.items()},
        judged_fields(fields, np.array([reached.counted[kept[i]] for i in order])),
        weights,
        uncertainty=uncertainty,
        top=top,
    )
    best = tuple(scores[i] for i in order)
    return Ranked(
        method, weights, tuple(kept[i] for i in order), best, tuple(rank(best)), firmness, left, reached
    )


def _why_left(
    demands: Demands,
    place: int,
    fields: Sequence[str],
    inputs: Inputs,
    reached: Reached,
) -> Text | None:
    """Say why a demand cannot be scored; None where it can."""
    if demands.repeated[place]:
        return Text("编号重复而内容不同", "its id stands twice, with different content")
    reasons = []
    for field in fields:
        if field not in inputs:
            raise _no_feedback(field)
        if inputs[field][place] is not None:
            continue
        known = reached.problems.get(place) if field == "reach" else None
        if known is None and field in demands.scores:
            known = demands.scores[field].problems[place]
        label = LABELS[field]
        reasons.append(known or Text(f"缺少{label.zh}", f"no {label.en}"))
    if not reasons:
        return None
    return Text("；".join(r.zh.rstrip("。") for r in reasons), "; ".join(r.en.rstrip(".") for r in reasons))


def _no_feedback(field: str) -> InvalidArgument:
    return InvalidArgument(
        en=f"The weight {field} needs feedback, and none can be read for this period; leave it out.",
        zh=f"权重 {field} 需要用户反馈，而此时段没有可读取的反馈；请去掉该权重。",
        parameter="weights",
    )


def _nothing(
    method: ScoreMethod, demands: Demands, left: Mapping[int, Text], fields: Sequence[str]
) -> NoData:
    """Say that no demand can be scored: which column is missing, or what is wrong with the first demands."""
    missing = [LABELS[f] for f in fields if f in demands.scores and f not in demands.columns and f != "reach"]
    if "reach" in fields and "reach" not in demands.columns and "audience" not in demands.columns:
        missing.append(LABELS["reach"])
    if missing:
        zh, en = "、".join(m.zh for m in missing), ", ".join(m.en for m in missing)
        return NoData(
            en=f"By {method.upper()} no demand of {demands.name} can be ranked: the list has no column of {en}. Add it, or name "
            f"it in metrics.yaml, or take another method.",
            zh=f"清单 {demands.name} 无法按 {method.upper()} 排序：缺少{zh}列。请补充，或在 metrics.yaml 中指明列名，或换一种方法。",
            parameter="method",
        )
    first = list(left.items())[:_MOST_NAMED]
    zh = "；".join(f"{demands.titles[i].zh}：{r.zh}" for i, r in first)
    en = "; ".join(f"{demands.titles[i].en}: {r.en}" for i, r in first)
    return NoData(
        en=f"By {method.upper()} no demand of {demands.name} can be ranked. {en}.",
        zh=f"清单 {demands.name} 没有可按 {method.upper()} 排序的需求。{zh}。",
        parameter="method",
    )
