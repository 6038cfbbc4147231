"""How many users an experiment needs, and how small an effect it finds: statsmodels for shares, else tea-tasting.

With a rise of r the variance of a mean is taken to grow by (1 + r)², as when every user's value does by 1 + r: the two
arms together have 1 + r + r²/2 times the past variance, and need as many times the users. That of a ratio, whose base
stays, is taken to grow with the level, as that of counts does: 1 + r/2.
"""

import math
from dataclasses import dataclass
from typing import Any

from tools.experiments.comparison import SIGNIFICANCE, Arm
from tools.experiments.outcomes import BASE, PRIOR, PRIOR_BASE, VALUE, Kind

_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What an experiment is asked to be.

    Attributes:
        power: the share of experiments that find the effect, if there is one of that size.
        arms: with the control; with more than two, each comparison gets its part of the 5 % (Bonferroni).
        cuped: whether to adjust by the time before.
    """

    power: float
    arms: int = 2
    cuped: bool = False

    @property
    def significance(self) -> float:
        """Of one comparison."""
        return SIGNIFICANCE / (self.arms - 1)


def users_needed(past: Arm, kind: Kind, effect: float, plan: Plan) -> int:
    """Return how many users each arm needs to find a difference.

    Args:
        past: moments of the users of the past, as if of one arm.
        kind: of the metric.
        effect: the difference, not 0; of a share, within what is left to 0 or 1.
        plan: power, arms and adjustment.
    """
    if kind == "share" and not plan.cuped:
        from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

        found = samplesize_proportions_2indep_onetail(
            effect, past.mean[VALUE], plan.power, alpha=plan.significance, alternative="two-sided"
        )
        return math.ceil(found)
    solved = _test(kind, plan, effect_size=effect).solve_power(past.aggregates(), "n_obs")[0]
    return math.ceil(solved.n_obs / 2 * _growth(past, kind, effect))


def detectable_effect(past: Arm, kind: Kind, users: int, plan: Plan) -> float | None:
    """Return the smallest rise that so many users per arm find; None where even the largest is not found."""
    if users < 2:
        return None
    if kind == "share" and not plan.cuped:
        return _detectable_share(past.mean[VALUE], users, plan)
    alike = float(
        _test(kind, plan, n_obs=2 * users).solve_power(past.aggregates(), "effect_size")[0].effect_size
    )
    effect = alike
    for _ in range(_ROUNDS):
        grown = alike * _growth(past, kind, effect) ** 0.5
        if abs(grown - effect) <= 1e-9 * grown:
            return grown
        effect = grown
    return None


def _growth(past: Arm, kind: Kind, effect: float) -> float:
    """Return by how much the variance of both arms together exceeds the past one."""
    level = past.value(kind) or 0.0
    rise = max(0.0, effect / level) if level > 0 else 0.0
    return 1 + rise / 2 if kind == "ratio" else 1 + rise + rise * rise / 2


def _detectable_share(share: float, users: int, plan: Plan) -> float | None:
    from scipy.optimize import brentq
    from statsmodels.stats.proportion import power_proportions_2indep

    def lacking(effect: float) -> float:
        found = power_proportions_2indep(effect, share, users, alpha=plan.significance)
        return float(found.power) - plan.power

    most = 1 - share - 1e-9
    if most <= 1e-9 or lacking(most) < 0:
        return None
    return float(brentq(lacking, 1e-9, most))


def _test(kind: Kind, plan: Plan, **sizes: float) -> Any:
    import tea_tasting as tt

    base, prior_base = (BASE, PRIOR_BASE) if kind == "ratio" else (None, None)
    adjusted = (PRIOR, prior_base) if plan.cuped else (None, None)
    return tt.RatioOfMeans(
        VALUE, base, *adjusted, alpha=plan.significance, power=plan.power, use_t=False, **sizes
    )
