"""Arguments of the experiment tools, and the experiment that they name."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from tools.declarations import Day
from tools.definitions import Breakdown, ToolArguments
from tools.errors import InvalidArgument, InvalidPeriod, show, suggest
from tools.experiments.declarations import ExperimentDefinition, ExposureDefinition
from tools.experiments.outcomes import Window
from tools.periods import Period
from tools.results import Text
from tools.scope import Scope

_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


class ExperimentArguments(ToolArguments):
    """Arguments of `analyze_experiment`."""

    start: Annotated[
        Day,
        Field(
            description="First day of exposures; by default the experiment's own. 首个进入日，默认取实验声明的起始日。"
        ),
    ] = _FIRST
    end: Annotated[
        Day,
        Field(
            description="Last day of exposures; by default the experiment's own. 最后进入日，默认取实验声明的结束日。"
        ),
    ] = _LAST
    experiment: str | None = Field(
        default=None,
        description="Experiment of metrics.yaml; null for the latest. metrics.yaml 中的实验，null 为最近的一个。",
    )
    metric: str | None = Field(
        default=None,
        description="A metric to read instead of the declared ones. 改看某个指标，默认看实验声明的各指标。",
    )
    breakdown: Breakdown = None
    follow_days: int | None = Field(
        default=None,
        ge=1,
        le=366,
        description="Local days from the exposure on over which events count; null for the declared. "
        "从进入当日起统计多少天，null 取声明值。",
    )
    covariate_days: int | None = Field(
        default=None,
        ge=0,
        le=366,
        description="Days before the exposure that CUPED adjusts by, 0 for none; null for the declared. "
        "CUPED 使用进入前多少天，0 为不校正，null 取声明值。",
    )
    exposure_event: str | None = Field(
        default=None,
        description="For an experiment that is not declared: the event that exposes. 未声明的实验：进入实验的事件。",
    )
    arm: str | None = Field(
        default=None,
        description="For one that is not declared: the dimension whose value is the arm. 未声明的实验：表示组别的维度。",
    )
    control: str | None = Field(
        default=None,
        description="For one that is not declared: the control arm. 未声明的实验：对照组的取值。",
    )

    @model_validator(mode="after")
    def _check_exposure(self) -> Self:
        given = {"exposure_event": self.exposure_event, "arm": self.arm, "control": self.control}
        missing = [name for name, value in given.items() if value is None]
        if 0 < len(missing) < len(given) or (not missing and (self.metric is None or self.start == _FIRST)):
            lacking = [
                *missing,
                *(["metric"] if self.metric is None else []),
                *(["start", "end"] if self.start == _FIRST else []),
            ]
            if self.experiment is not None:
                raise InvalidArgument(
                    en="exposure_event, arm and control are of an experiment that is not declared; leave them out, or experiment.",
                    zh="exposure_event、arm、control 只用于未在 metrics.yaml 声明的实验；请不填它们，或不填 experiment。",
                    parameter=next(name for name, value in given.items() if value is not None),
                )
            raise InvalidArgument(
                en="An experiment that is not declared in metrics.yaml needs exposure_event, arm, control, metric, start "
                f"and end; missing: {', '.join(lacking)}.",
                zh="未在 metrics.yaml 声明的实验须同时给出 exposure_event、arm、control、metric、start 与 end；"
                f"缺少：{'、'.join(lacking)}。",
                parameter=lacking[0],
            )
        return self

    def resolve(self, scope: Scope) -> tuple[str, ExperimentDefinition, tuple[Text, ...]]:
        """Return the experiment that is asked for, its name, and what to tell of the choice.

        Raises:
            InvalidArgument: there is none of that name, or none at all.
        """
        known = scope.semantics.experiments
        if self.exposure_event is not None and self.arm is not None and self.control is not None:
            scope.check({}, [self.arm])
            exposure = ExposureDefinition(event=self.exposure_event, arm=self.arm)
            adhoc = ExperimentDefinition(
                exposure=exposure,
                control=self.control,
                start=self.start,
                end=self.end,
                metrics=(str(self.metric),),
            )
            return self.exposure_event, adhoc, ()
        if self.experiment in known:
            return str(self.experiment), known[str(self.experiment)], ()
        latest = scope.semantics.latest_experiment
        if self.experiment is not None or latest is None:
            raise _unknown(self.experiment, list(known))
        return latest, known[latest], _told_choice(scope, latest)

    def window(self, experiment: ExperimentDefinition) -> Window:
        """Return the days around an exposure that count."""
        before = experiment.covariate_days if self.covariate_days is None else self.covariate_days
        return Window(self.follow_days or experiment.window_days, before)

    def exposure_period(self, experiment: ExperimentDefinition) -> Period:
        """Return the local days of the exposures that count: those asked for, of the experiment's.

        Raises:
            InvalidPeriod: the experiment did not run then.
        """
        start, end = max(self.start, experiment.start), min(self.end, experiment.end)
        if end < start:
            ran = Period(experiment.start, experiment.end).text()
            raise InvalidPeriod(
                en=f"The experiment ran {ran.en}, not in {self.dates.text().en}; leave start and end out.",
                zh=f"该实验的时间是 {ran.zh}，不在 {self.dates.text().zh} 内；可不填 start 与 end。",
                parameter="start",
            )
        return Period(start, end)


def _unknown(name: str | None, known: list[str]) -> InvalidArgument:
    if not known:
        return InvalidArgument(
            en="metrics.yaml declares no experiment; declare one under `experiments:`, or give exposure_event, arm, "
            "control, metric, start and end.",
            zh="metrics.yaml 没有声明实验；请在 `experiments:` 下声明，或给出 exposure_event、arm、control、metric、start 与 end。",
            parameter="experiment",
        )
    en, zh = suggest(str(name), known)
    return InvalidArgument(
        en=f"There is no experiment {show(name)}.{en}",
        zh=f"没有实验“{show(name)}”。{zh}",
        parameter="experiment",
    )


def _told_choice(scope: Scope, chosen: str) -> tuple[Text, ...]:
    names = [scope.semantics.experiment_text(n) for n in scope.semantics.experiments if n != chosen]
    if not names:
        return ()
    own = scope.semantics.experiment_text(chosen)
    return (
        Text(
            zh=f"未指明实验，此处是最近的“{own.zh}”；另有：{'、'.join(n.zh for n in names)}。",
            en=f"No experiment was named; this is the latest, {own.en}. There are also: {', '.join(n.en for n in names)}.",
        ),
    )
