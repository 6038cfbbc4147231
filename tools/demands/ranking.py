"""`rank_demands`: which demands come first, by which score, and how firmly."""

from collections.abc import Mapping, Sequence
from typing import Literal

from tools.demands.arguments import DemandArguments
from tools.demands.kano_ranking import rank_by_kano
from tools.demands.listing import find_list, read_demands
from tools.demands.ordering import Inputs, order_demands
from tools.demands.reaching import find_reach
from tools.demands.reporting import report
from tools.demands.scoring import FIELDS
from tools.demands.voices import Voices, hear
from tools.errors import InvalidArgument
from tools.results import MetricResult, Text
from tools.scope import Scope


def rank_demands(scope: Scope, arguments: DemandArguments) -> MetricResult:
    """Rank a list of demands by a score, join who is reached and what users say, and test how firm the order is.

    Returns:
        A table with a row per demand, the best first: rank ("2=" for a tie), id, demand, score, its inputs, reach_from,
        lead over the next, keeps_lead, rank_low, rank_high, in_top, feedback, negative, theme; last those without a rank,
        and why.

    Raises:
        NoData: no list is declared, or no demand has all scores that the method needs.
        InvalidArgument: weights with another method, or none for the weighted one.
    """
    name, declared = find_list(scope, arguments.demands)
    scope.check(arguments.filters)
    _check_weights(arguments, bool(declared.weights))
    if arguments.method == "kano":
        return rank_by_kano(scope, arguments, name, declared)
    warnings = list(scope.cover(arguments.dates))
    demands = read_demands(scope, name, declared, settled=arguments.settled)
    reached = find_reach(scope, arguments, demands)
    heard = hear(scope, arguments, demands) if arguments.feedback else None
    voices = heard if isinstance(heard, Voices) else None
    inputs = {f: s.values for f, s in demands.scores.items()} | {"reach": reached.users}
    if voices is not None:
        inputs |= {"feedback": voices.texts, "negative": voices.negative}
    weights: dict[str, float] = {
        str(k): float(v) for k, v in (arguments.weights or declared.weights).items() if v
    }
    method = arguments.method or (
        "weighted"
        if arguments.weights
        else _first_method(inputs, weights, surveyed=declared.survey is not None)
    )
    if method is None:
        return rank_by_kano(scope, arguments, name, declared)
    ranked = order_demands(
        demands,
        method,
        weights if method == "weighted" else {},
        inputs,
        reached,
        uncertainty=arguments.uncertainty,
        top=arguments.top,
    )
    warnings += [*demands.warnings, *reached.warnings, *([heard] if isinstance(heard, Text) else [])]
    return report(scope, arguments, demands, ranked, voices, warnings)


def _check_weights(arguments: DemandArguments, declared: bool) -> None:
    if arguments.weights and arguments.method not in (None, "weighted"):
        raise InvalidArgument(
            en=f"weights belong to the method weighted, not to {arguments.method}.",
            zh=f"weights 只用于加权法（weighted），不能与 {arguments.method} 同用。",
            parameter="weights",
        )
    if arguments.method == "weighted" and not (
        any(arguments.weights.values()) or (declared and not arguments.weights)
    ):
        raise InvalidArgument(
            en='The weighted score needs weights, such as {"reach": 3, "impact": 3, "feedback": 2, "effort": -2}, here or in '
            "metrics.yaml.",
            zh='加权法需要权重，例如 {"reach": 3, "impact": 3, "feedback": 2, "effort": -2}，可在此给出或写入 metrics.yaml。',
            parameter="weights",
        )


def _first_method(
    inputs: Inputs, weights: Mapping[str, float], *, surveyed: bool
) -> Literal["rice", "ice", "weighted"] | None:
    """Choose the first method for which some demand has every score; None where only a survey is left."""
    whole = [m for m, fields in FIELDS.items() if _has_whole_row([inputs[f] for f in fields])]
    if whole:
        return "rice" if "rice" in whole else "ice"
    return "weighted" if weights else None if surveyed else "rice"


def _has_whole_row(columns: list[Sequence[float | None]]) -> bool:
    return any(None not in row for row in zip(*columns, strict=True))
