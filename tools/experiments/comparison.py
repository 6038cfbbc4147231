"""The statistics of a randomised comparison, by tea-tasting, from moments per arm.

Shares: a z test with unpooled variance, so that interval and p-value agree; where a cell is expected to hold fewer
than ten, Fisher's exact test and Newcombe's interval. Means: Welch's t test. Ratios of means: the delta method
(Deng, Knoblich, Lu 2018). CUPED: the same on values less what the time before explains (Deng, Xu, Kohavi, Walker
2013). Relative effects are bounded on the log scale.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.experiments.outcomes import BASE, PRIOR, PRIOR_BASE, VALUE, Kind
from tools.intervals import newcombe_interval

SIGNIFICANCE = 0.05
MISMATCH = 0.001
_FEWEST = 10

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arm:
    """Moments of an arm's users: `n`, means, variances and covariances of their numbers by name."""

    n: int
    mean: Mapping[str, float]
    var: Mapping[str, float]
    cov: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, row: Mapping[Any, Any], columns: Sequence[str]) -> "Arm":
        """Take the moments from a row of `outcomes.describe_arms`."""
        pairs = [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :]]
        return cls(
            int(row["n"]),
            {c: float(row[f"mean_{c}"]) for c in columns},
            {c: float(row[f"var_{c}"]) for c in columns},
            {(a, b): float(row[f"cov_{a}_{b}"]) for a, b in pairs},
        )

    def value(self, kind: Kind) -> float | None:
        """The metric in this arm, without adjustment; None where there is nothing to divide by."""
        base = self.mean[BASE] if kind == "ratio" else 1.0
        return self.mean[VALUE] / base if self.n and base else None

    def aggregates(self) -> Any:
        """The moments as tea-tasting takes them."""
        from tea_tasting.aggr import Aggregates

        return Aggregates(self.n, dict(self.mean), dict(self.var), dict(self.cov))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm set against the control.

    Attributes:
        control, treatment: the metric in each arm; with CUPED, adjusted.
        effect: their difference, and `interval` its 95 % interval.
        relative: the effect as a share of the control's value, and its interval.
        pvalue: two-sided; None where the users do not differ at all, or are fewer than two.
        adjusted: share of the variance that the time before the exposure explains; None without CUPED.
    """

    control: float | None
    treatment: float | None
    effect: float | None
    interval: Bounds | None
    relative: float | None
    relative_interval: Bounds | None
    pvalue: float | None
    adjusted: float | None = None

    def one_sided(self, *, worse_if_lower: bool) -> float | None:
        """Return the p-value of the hypothesis that the treatment is not worse."""
        if self.pvalue is None or self.effect is None:
            return None
        is_worse = self.effect < 0 if worse_if_lower else self.effect > 0
        return self.pvalue / 2 if is_worse else 1 - self.pvalue / 2


def compare_arms(control: Arm, treatment: Arm, kind: Kind, *, cuped: bool = False) -> Comparison:
    """Compare an arm with the control.

    Args:
        control, treatment: moments of `value`, for a ratio of `base`, and with `cuped` of what was before.
        kind: of the metric.
        cuped: whether to adjust by the time before.
    """
    values = (control.value(kind), treatment.value(kind))
    if None in values or min(control.n, treatment.n) < 2 or not _varies(control, treatment, kind):
        effect = None if None in values else _difference(values)
        return Comparison(values[0], values[1], effect, None, None, None, None)
    if kind == "share" and not (cuped and _is_usable_prior(control, treatment, kind)):
        return _compare_shares(control, treatment)
    return _compare_means(control, treatment, kind, cuped=cuped)


def check_ratio(counts: Mapping[str, int], shares: Mapping[str, float]) -> float:
    """Return the p-value of users falling into arms as was meant.

    Two arms: tea-tasting's test of the sample ratio (exact below 1,000 users); more: Pearson's chi-square.

    Args:
        counts: users by arm.
        shares: what each arm was meant to get, relative to the others.
    """
    arms = list(counts)
    if len(arms) == 2:
        import tea_tasting as tt

        sample = {arm: tt.aggr.Aggregates(counts[arm]) for arm in arms}
        ratio = shares[arms[1]] / shares[arms[0]]
        return float(tt.SampleRatio(ratio).analyze(sample, arms[0], arms[1]).pvalue)
    from scipy.stats import chisquare

    users, whole = sum(counts.values()), sum(shares[arm] for arm in arms)
    expected = [users * shares[arm] / whole for arm in arms]
    return float(chisquare([counts[arm] for arm in arms], expected).pvalue)


def correct_pvalues(pvalues: Sequence[float | None]) -> list[float | None]:
    """Correct p-values for being several, by Holm's method; None stays out of the count.

    >>> [round(p, 3) for p in correct_pvalues([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    known = [p for p in pvalues if p is not None]
    if not known:
        return list(pvalues)
    from statsmodels.stats.multitest import multipletests

    corrected = iter(multipletests(known, method="holm")[1].tolist())
    return [None if p is None else next(corrected) for p in pvalues]


def check_heterogeneity(comparisons: Sequence[Comparison]) -> float | None:
    """Return the p-value of Cochran's Q: whether the effects of segments differ by more than chance.

    Q = Σ wᵢ (effectᵢ − mean)², wᵢ the inverse of the effect's variance; chi-square with one degree less than segments.
    """
    known = [(c.effect, c.interval) for c in comparisons if c.effect is not None and c.interval is not None]
    errors = [(bounds[1] - bounds[0]) / (2 * 1.959964) for _, bounds in known]
    if len(known) < 2 or min(errors) <= 0:
        return None
    from scipy.stats import chi2

    weights = [1 / e**2 for e in errors]
    mean = sum(w * effect for w, (effect, _) in zip(weights, known, strict=True)) / sum(weights)
    q = sum(w * (effect - mean) ** 2 for w, (effect, _) in zip(weights, known, strict=True))
    return float(chi2.sf(q, len(known) - 1))


def _difference(values: Sequence[float | None]) -> float | None:
    control, treatment = values
    return None if control is None or treatment is None else treatment - control


def _varies(control: Arm, treatment: Arm, kind: Kind) -> bool:
    """Say whether users differ: within an arm or, of shares, where arms may differ as a whole, between the two."""
    if kind == "share" and control.mean[VALUE] != treatment.mean[VALUE]:
        return True
    return any(arm.var[name] > 0 for arm in (control, treatment) for name in arm.var if name in (VALUE, BASE))


def _compare_shares(control: Arm, treatment: Arm) -> Comparison:
    import tea_tasting as tt

    yes = [round(arm.n * arm.mean[VALUE]) for arm in (control, treatment)]
    n = [control.n, treatment.n]
    rare = min(sum(yes), sum(n) - sum(yes)) / sum(n) * min(n)
    exact = rare < _FEWEST
    test = tt.Proportion(VALUE, method="fisher" if exact else "norm", correction=False, equal_var=False)
    found = test.analyze_aggregates(control.aggregates(), treatment.aggregates())
    interval = newcombe_interval(yes[1], n[1], yes[0], n[0]) if exact else None
    return _comparison(found, interval)


def _compare_means(control: Arm, treatment: Arm, kind: Kind, *, cuped: bool) -> Comparison:
    import tea_tasting as tt

    base, prior_base = (BASE, PRIOR_BASE) if kind == "ratio" else (None, None)
    prior = PRIOR if cuped and _is_usable_prior(control, treatment, kind) else None
    test = tt.RatioOfMeans(VALUE, base, prior, prior_base if prior else None, equal_var=False, use_t=True)
    sample = control.aggregates(), treatment.aggregates()
    found = test.analyze_aggregates(*sample)
    plain = tt.RatioOfMeans(VALUE, base).analyze_aggregates(*sample)
    before, after = (abs(r.effect_size / r.statistic) if r.statistic else 0.0 for r in (plain, found))
    return _comparison(found, adjusted=1 - (after / before) ** 2 if prior and before else None)


def _is_usable_prior(control: Arm, treatment: Arm, kind: Kind) -> bool:
    names = (PRIOR, PRIOR_BASE) if kind == "ratio" else (PRIOR,)
    has_base = kind != "ratio" or min(control.mean[PRIOR_BASE], treatment.mean[PRIOR_BASE]) > 0
    return has_base and any(arm.var[name] > 0 for arm in (control, treatment) for name in names)


def _comparison(found: Any, interval: Bounds | None = None, adjusted: float | None = None) -> Comparison:
    return Comparison(
        control=_finite(found.control),
        treatment=_finite(found.treatment),
        effect=_finite(found.effect_size),
        interval=interval or _bounds(found.effect_size_ci_lower, found.effect_size_ci_upper),
        relative=_finite(found.rel_effect_size),
        relative_interval=_bounds(found.rel_effect_size_ci_lower, found.rel_effect_size_ci_upper),
        pvalue=_finite(found.pvalue),
        adjusted=adjusted,
    )


def _finite(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def _bounds(low: Any, high: Any) -> Bounds | None:
    return (float(low), float(high)) if math.isfinite(low) and math.isfinite(high) else None
