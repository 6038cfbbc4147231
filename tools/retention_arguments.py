"""What may be asked of `measure_retention`, and what does not go together."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from tools.cohort_return import Bracket, CohortReturn, ReturnMode, bracket_check, check_brackets
from tools.definitions import Breakdown, ToolArguments
from tools.errors import InvalidArgument


class RetentionArguments(CohortReturn, ToolArguments):
    """Arguments of `measure_retention`; `start` and `end` bound the cohort events."""

    periods: tuple[Annotated[int | str, BeforeValidator(bracket_check("periods"))], ...] = Field(
        default=(1, 3, 7, 14, 30),
        min_length=1,
        max_length=60,
        description='Which periods after the cohort\'s, as [1, 7, 30], or brackets of them, as [1, "2-7", "8-30"]. '
        '起始后的第几个周期，如 [1, 7, 30]，或区间，如 [1, "2-7", "8-30"]。',
    )
    value_property: str | None = Field(
        default=None,
        description="Numeric column to sum over the return events, per member (value retention), or null. "
        "对返回事件求和的数值列（价值留存，按人均），不需要则为 null。",
    )
    mean: Literal["weighted", "simple"] = Field(
        default="weighted",
        description="Pool cohorts by their size (weighted), or each alike (simple). 按人数加权平均，或各分群等权平均。",
    )
    breakdown: Breakdown = None
    project_to: int | None = Field(
        default=None,
        ge=2,
        le=3650,
        description="Period to project retention to by a fitted curve, or null. 用拟合曲线预测到第几个周期，不预测则为 null。",
    )
    curve: Literal["best", "power_law", "exponential"] = Field(
        default="best",
        description="Curve of the projection: a power law, an exponential with a floor, or the better fit. "
        "预测曲线：幂律、带下限的指数，或取拟合更好者。",
    )

    @model_validator(mode="after")
    def _check_together(self) -> "RetentionArguments":
        check_brackets(self.brackets, self.mode, parameter="periods")
        _check_projection(self.brackets, self.mode, self.project_to)
        return self

    @property
    def brackets(self) -> list[Bracket]:
        """The periods asked for, in order."""
        return sorted(Bracket.parse(p) for p in dict.fromkeys(self.periods))


def _check_projection(brackets: list[Bracket], mode: ReturnMode, project_to: int | None) -> None:
    wide = any(b.first != b.last for b in brackets)
    if project_to is not None and (wide or mode == "on_or_after"):
        raise InvalidArgument(
            en="project_to needs mode on and single periods, such as [1, 3, 7, 14, 30], to fit a curve to.",
            zh="project_to 需要 mode=on 且 periods 为单个周期（如 [1, 3, 7, 14, 30]），才能拟合曲线。",
            parameter="project_to",
        )
