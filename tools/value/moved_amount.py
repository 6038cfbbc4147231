"""What is to be moved from one channel to another: the arguments, and the amount per week that they mean."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tools.errors import InvalidArgument
from tools.results import Text, format_value, join_chinese
from tools.scope import Scope
from tools.value.response import Response
from tools.value.spend_tables import SpendArguments

Per = Literal["day", "week", "month"]
_WEEKS: dict[Per, float] = {"day": 1 / 7, "week": 1.0, "month": 365.25 / 12 / 7}
_PER_TEXT: dict[Per, Text] = {"day": Text("每日", "a day"), "week": Text("每周", "a week"), "month": Text("每月", "a month")}  # fmt: skip


class ReallocationArguments(SpendArguments):
    """Arguments of `simulate_reallocation`; `start` and `end` bound the weeks that are learnt from."""

    take_from: str | None = Field(
        default=None,
        description="Channel whose spending is cut, by a name of either language; null for that of the dearest users. "
        "减少花费的渠道，null 取获客成本最高者。",
    )
    give_to: str | None = Field(
        default=None,
        description="Channel that gets it; null for that of the cheapest users. 增加花费的渠道，null 取获客成本最低者。",
    )
    amount: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Amount that is moved, per week unless `per` says otherwise; null for half of what can be. "
        "挪动的金额（默认每周），null 取可测算上限的一半。",
    )
    per: Per = Field(
        default="week",
        description="What the amount is for: day, week or month (a twelfth of a year). 金额对应的时间：每日、每周或每月。",
    )
    share: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Instead of an amount, a share of what `take_from` costs a week, 20 % as 0.2. "
        "不给金额时，挪动其每周花费的占比，20% 写作 0.2。",
    )
    acquired_event: str | None = Field(
        default=None,
        description="Event whose first time is the acquisition; null for sign-up. 首次发生即为获客的事件，null 为注册。",
    )

    @model_validator(mode="after")
    def _check_amount(self) -> Self:
        if self.amount is not None and self.share is not None:
            raise InvalidArgument(
                en="Give amount or share, not both.", zh="amount 与 share 只能给一个。", parameter="share"
            )
        return self


def choose_amount(
    scope: Scope, responses: dict[str, Response], names: tuple[str, str], arguments: ReallocationArguments
) -> float:
    """Return the amount per week that is moved, and refuse to look beyond what has been spent in any week."""
    source, target = (responses[name] for name in names)
    most = min(source.spend - source.least, target.most - target.spend)
    if arguments.amount is not None:
        amount = arguments.amount / _WEEKS[arguments.per]
    else:
        amount = most / 2 if arguments.share is None else arguments.share * source.spend
    if amount > most * (1 + 1e-12):
        money = scope.semantics.resolve_unit("currency")
        told = format_value(max(most, 0.0), money, "en")
        asked = write_amount(scope, arguments, amount)
        raise InvalidArgument(
            en=f"amount: moving {asked.en} leads to spending that no week has had; at most {told} a week can be looked at.",
            zh="amount："
            + join_chinese("挪动", asked.zh, f"会超出以往任何一周的花费范围，每周最多可测算 {told}。"),
            parameter="amount",
        )
    return amount


def write_amount(scope: Scope, arguments: ReallocationArguments, amount: float) -> Text:
    """Write what is moved per week, and what was asked for where that was said in another way."""
    weekly = format_value(amount, scope.semantics.resolve_unit("currency"), "en")
    asked = write_asked(scope, arguments)
    if asked is None:
        return Text(f"每周 {weekly}", f"{weekly} a week")
    return Text(f"{asked.zh}（即每周 {weekly}）", f"{asked.en} ({weekly} a week)")


def write_asked(scope: Scope, arguments: ReallocationArguments) -> Text | None:
    """Write what was asked for, where that is no amount per week."""
    if arguments.amount is not None and arguments.per != "week":
        asked = format_value(arguments.amount, scope.semantics.resolve_unit("currency"), "en")
        return Text(f"{_PER_TEXT[arguments.per].zh} {asked}", f"{asked} {_PER_TEXT[arguments.per].en}")
    if arguments.share is not None:
        asked = format_value(arguments.share, "ratio", "en")
        return Text(f"其花费的 {asked}", f"{asked} of its spending")
    return None
