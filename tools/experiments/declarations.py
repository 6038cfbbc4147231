"""What `metrics.yaml` may say of an experiment: who was put into which arm, and what it is judged by.

experiments:
  short_onboarding:
    assignments: {path: data/experiments.parquet, user: user_id, time: assigned_at, arm: variant}
    control: control
    start: 2026-05-04
    end: 2026-05-31
    metrics: [d1_retention]
    guardrails: [refund_rate]
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from tools.declarations import Day, Declaration, Name, Named, Table


class AssignmentDefinition(Table):
    """A table that says who was put into which arm and when, one or more rows per user.

    Attributes:
        time_unit, time_zone: as of a source.
        user, time, arm: columns; users have the same ids as in the source that the metrics are read from.
    """

    time_unit: str | None = None
    time_zone: str | None = None
    user: str
    time: str
    arm: str


class ExposureDefinition(Declaration):
    """An event of the source whose first time puts a user into the arm that a dimension of it names.

    Attributes:
        event: recorded or declared.
        arm: dimension whose value is the arm.
        where: further dimensions and the values that they must have, e.g. the experiment's key.
    """

    event: Name
    arm: str
    where: Mapping[str, tuple[Name, ...]] = {}


class ArmDefinition(Named):
    """An arm; `share` is how many are meant to be in it, relative to the others."""

    share: float = Field(default=1.0, gt=0, le=1000)


class GuardrailDefinition(Declaration):
    """A metric that must not get worse by more than `margin`, a share of its value in the control arm."""

    metric: str
    margin: float = Field(default=0.02, ge=0, lt=1)


class ExperimentDefinition(Named):
    """A randomised experiment.

    Attributes:
        source: of the metrics; by default the first metric's.
        assignments, exposure: how people get into arms; exactly one of the two.
        control: the arm that the others are compared with.
        arms: names and meant shares; users of other arms are left out. Without it, all arms of the data, in equal shares.
        start, end: local days of the first and last exposure that counts.
        metrics: names of metrics that decide it; their p-values are corrected for being several.
        guardrails: metrics that must not get worse.
        window_days: local days, that of the exposure included, over which a user's events count.
        covariate_days: days before the exposure that CUPED adjusts by; 0 is no adjustment.
        planned_users: users per arm that were planned; reading earlier is peeking.
    """

    source: str | None = None
    assignments: AssignmentDefinition | None = None
    exposure: ExposureDefinition | None = None
    control: Name
    arms: Mapping[Name, ArmDefinition] = {}
    start: Day
    end: Day
    metrics: tuple[str, ...] = Field(min_length=1, max_length=20)
    guardrails: tuple[GuardrailDefinition, ...] = ()
    window_days: int = Field(default=7, ge=1, le=366)
    covariate_days: int = Field(default=0, ge=0, le=366)
    planned_users: int | None = Field(default=None, ge=2)

    @model_validator(mode="before")
    @classmethod
    def _name_guardrails(cls, value: object) -> object:
        """Take the bare name of a metric for a guardrail with the usual margin."""
        if not isinstance(value, Mapping) or not isinstance(value.get("guardrails"), list | tuple):
            return value
        named = [{"metric": g} if isinstance(g, str) else g for g in value["guardrails"]]
        return {**value, "guardrails": tuple(named)}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.assignments is None) == (self.exposure is None):
            raise ValueError(
                "give either assignments or exposure | 请在 assignments 与 exposure 中恰好填写一个"
            )
        if self.end < self.start:
            raise ValueError("end is before start | end 早于 start")
        if self.arms and (self.control not in self.arms or len(self.arms) < 2):
            raise ValueError(
                "arms needs the control and one arm beside it | arms 须包含对照组和至少一个其他组"
            )
        return self

    @property
    def named_metrics(self) -> tuple[str, ...]:
        """Names of all metrics, those that decide first."""
        return tuple(dict.fromkeys((*self.metrics, *(g.metric for g in self.guardrails))))
