"""What each arm of an experiment did to a metric, beside the control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tools.experiments.comparison import SIGNIFICANCE, Arm, Comparison, compare_arms, correct_pvalues
from tools.experiments.exposures import Exposures
from tools.experiments.outcomes import (
    PRIOR,
    Kind,
    Outcome,
    Window,
    check_metric,
    describe_arms,
    observe_users,
)
from tools.named import find_metric
from tools.scope import Scope

Role = Literal["metric", "guardrail"]
_MOST_SEGMENTS = 12


@dataclass(frozen=True, slots=True)
class Effect:
    """What one arm did to one metric, of all users or of a segment.

    Attributes:
        users: of control and treatment, whose time the data covers whole.
        immature: exposed users of both whose time it does not.
        corrected: p-value corrected for all metrics and arms that decide; None for guardrails.
        margin: by how much a guardrail may get worse, as a share of the control's value.
    """

    metric: str
    role: Role
    arm: str
    kind: Kind
    users: tuple[int, int]
    immature: int
    found: Comparison
    corrected: float | None = None
    margin: float | None = None
    segment: str | None = None

    def verdict(self, good: str) -> str:
        """Say in a word what the data tells: better, worse, unclear; of a guardrail: safe, harmed or unclear."""
        found, sign = self.found, 1 if good == "up" else -1
        if found.effect is None or found.interval is None:
            return "unclear"
        low, high = sorted(sign * bound for bound in found.interval)
        if self.role == "metric":
            is_clear = self.corrected is not None and self.corrected < SIGNIFICANCE
            return ("better" if sign * found.effect > 0 else "worse") if is_clear else "unclear"
        if high < 0:
            return "harmed"
        return "safe" if low > -(self.margin or 0) * abs(found.control or 0) else "unclear"


def measure_effects(
    scope: Scope,
    exposures: Exposures,
    metric: str,
    window: Window,
    *,
    role: Role = "metric",
    margin: float | None = None,
    breakdown: str | None = None,
) -> list[Effect]:
    """Compare every arm with the control, in each of the largest segments if there is a breakdown.

    Raises:
        UnknownMetric: there is no such metric.
        InvalidArgument: it cannot be told of a user from the exposure on.
    """
    declared = find_metric(scope.semantics, metric)
    check_metric(metric, declared)
    outcome = observe_users(scope, exposures.table, declared, window)
    rows = describe_arms(scope, outcome, [breakdown] if breakdown else [])
    segments: list[str | None] = [None]
    if breakdown:
        sizes = rows.groupby(f"d_{breakdown}")["n"].sum().sort_values(ascending=False)
        segments = [str(s) for s in sizes.index[:_MOST_SEGMENTS]]
    effects = []
    for segment in segments:
        own = rows if segment is None else rows[rows[f"d_{breakdown}"] == segment]
        arms = {str(r["arm"]): Arm.of(r, outcome.columns) for r in own.to_dict("records")}
        for arm in list(exposures.counts)[1:]:
            users, found = _compare(exposures, arms, arm, outcome)
            immature = exposures.counts[exposures.control] + exposures.counts[arm] - sum(users)
            left_out = immature if segment is None else 0
            effects.append(
                Effect(
                    metric, role, arm, outcome.kind, users, left_out, found, margin=margin, segment=segment
                )
            )
    return effects


def correct_effects(effects: Sequence[Effect]) -> list[Effect]:
    """Correct the p-values of what decides; a guardrail is looked at for harm, which a correction would hide."""
    deciding = iter(correct_pvalues([e.found.pvalue for e in effects if e.role == "metric"]))
    return [replace(e, corrected=next(deciding)) if e.role == "metric" else e for e in effects]


def _compare(
    exposures: Exposures, arms: Mapping[str, Arm], arm: str, outcome: Outcome
) -> tuple[tuple[int, int], Comparison]:
    zeros = dict.fromkeys(outcome.columns, 0.0)
    control, treatment = (arms.get(a, Arm(0, zeros, zeros, {})) for a in (exposures.control, arm))
    found = compare_arms(control, treatment, outcome.kind, cuped=PRIOR in outcome.columns)
    return (control.n, treatment.n), found
