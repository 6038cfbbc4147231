"""What if spending were moved from one channel to another, within what has been seen.

Each channel's weekly acquisitions are taken to follow its weekly spending by a constant elasticity: log users = a + b log
spending, by least squares. What is given to one channel is taken from the other. Spending that no week has had is refused.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.errors import InvalidArgument, NoData, show, suggest
from tools.periods import Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, format_value, limits
from tools.scope import Scope
from tools.value.channels import find_acquired
from tools.value.spend_tables import SpendArguments, Spending, read_spending, spent_period

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_FEWEST_WEEKS = 8

LIMITS = limits(
    "花费与获客一同变化，可能是因为需求旺时才多投：不能证明挪动花费就会带来这样的变化，只有实验能证明。",
    "Spending and sign-ups may move together because more is spent when demand is high: this does not prove that moving "
    "the money brings the change; an experiment would.",
)


class ReallocationArguments(SpendArguments):
    """Arguments of `simulate_reallocation`; `start` and `end` bound the weeks that are learnt from."""

    take_from: str | None = Field(
        default=None,
        description="Channel whose spending is cut; null for that of the dearest users. 减少花费的渠道，null 取获客成本最高者。",
    )
    give_to: str | None = Field(
        default=None,
        description="Channel that gets it; null for that of the cheapest users. 增加花费的渠道，null 取获客成本最低者。",
    )
    amount: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Amount per week that is moved; null for half of what can be. 每周挪动的金额，null 取可测算上限的一半。",
    )
    acquired_event: str | None = Field(
        default=None,
        description="Event whose first time is the acquisition; null for sign-up. 首次发生即为获客的事件，null 为注册。",
    )


@dataclass(frozen=True, slots=True)
class Response:
    """How users acquired follow spending, week by week.

    Attributes:
        spend, users: means per week.
        least, most: spending of the weeks with the least and the most.
        elasticity, error: relative change of users per relative change of spending, and its standard error.
        freedom: degrees of freedom of the error.
    """

    spend: float
    users: float
    least: float
    most: float
    elasticity: float
    error: float
    freedom: int

    def change(self, moved: float) -> float:
        """Return the change of users per week if so much more (or less) were spent."""
        return self.users * (((self.spend + moved) / self.spend) ** self.elasticity - 1)

    def change_error(self, moved: float) -> float:
        """Return its standard error, by the delta method."""
        import math

        ratio = (self.spend + moved) / self.spend
        return abs(self.users * ratio**self.elasticity * math.log(ratio)) * self.error


def fit_response(spend: "np.ndarray", users: "np.ndarray") -> Response:
    """Fit the elasticity to weeks with spending and users."""
    import numpy as np

    x, y = np.log(spend), np.log(users)
    centred = x - x.mean()
    square = float(centred @ centred)
    slope = float(centred @ y) / square
    rest = y - y.mean() - slope * centred
    freedom = len(x) - 2
    error = float(np.sqrt(rest @ rest / freedom / square))
    return Response(
        float(spend.mean()),
        float(users.mean()),
        float(spend.min()),
        float(spend.max()),
        slope,
        error,
        freedom,
    )


def simulate_reallocation(scope: Scope, arguments: ReallocationArguments) -> MetricResult:
    """Say what moving spending from one channel to another is likely to change in users acquired."""
    scope.check_users()
    scope.check(arguments.filters)
    spending = read_spending(scope, arguments.spend)
    weeks = _count_weeks(scope, arguments, spending)
    names = _choose_names(spending, arguments, weeks)
    responses = {name: _respond(weeks[weeks["key"] == name], name) for name in names}
    amount = _choose_amount(scope, responses, names, arguments.amount)
    moves = {names[0]: -amount, names[1]: amount}
    table = _table(responses, moves)
    title = Text("预算挪动测算", "What if spending were moved")
    return scope.finish(
        "simulate_reallocation",
        arguments,
        title=title,
        card=_card(scope, arguments, spending, responses, weeks, amount),
        figures=_figures(scope, arguments, spending, responses, moves),
        table=table,
        chart=_chart(scope, spending, table, title),
        warnings=[*scope.cover(arguments.dates), *spending.warnings],
        n=int(weeks["week"].nunique()),
    )


def _choose_names(
    spending: Spending, arguments: ReallocationArguments, weeks: "pd.DataFrame"
) -> tuple[str, str]:
    """Return the channels that are named, else those of the dearest and the cheapest users."""
    known = sorted(set(spending.rows["key"]))
    for parameter, name in (("take_from", arguments.take_from), ("give_to", arguments.give_to)):
        if name is not None and name not in known:
            en, zh = suggest(name, known)
            raise InvalidArgument(
                en=f"{parameter}: nothing was spent on {show(name)}.{en}",
                zh=f"{parameter}：{show(name)} 没有花费。{zh}",
                parameter=parameter,
            )
    sums = weeks.groupby("key")[["spend", "users"]].sum()
    cost = (sums["spend"] / sums["users"].where(sums["users"] > 0)).dropna().sort_values(kind="stable")
    costs = [str(k) for k in cost.index]
    source = arguments.take_from or next((k for k in costs[::-1] if k != arguments.give_to), None)
    target = arguments.give_to or next((k for k in costs if k != source), None)
    if source is None or target is None:
        raise NoData(
            en="There are no two channels with whole weeks of spending and users in the period; take a longer one.",
            zh="该时间范围内没有两个渠道有花费与获客的完整周，请放宽时间范围。",
            parameter="start",
        )
    if source == target:
        raise InvalidArgument(
            en="take_from and give_to are the same channel; name two.",
            zh="take_from 与 give_to 是同一渠道，请指定两个渠道。",
            parameter="give_to",
        )
    return source, target


def _count_weeks(scope: Scope, arguments: ReallocationArguments, spending: Spending) -> "pd.DataFrame":
    """Return rows (key, week, spend, users) of the whole weeks that spending and events cover."""
    calendar = scope.calendar
    first, last = spent_period(scope, spending, arguments.dates)
    last = min(last, calendar.bucket(scope.source.coverage.complete_through, "day"))
    found = find_acquired(scope, arguments.acquired_event, arguments.filters, spending.dimension, first, last)
    users = scope.source.engine.fetch(found.group_by("segment", "joined").agg(users=found.count()))
    users = users.rename(columns={"segment": "key", "joined": "day"})
    rows = spending.within(first, last).merge(users, on=["key", "day"], how="left").fillna({"users": 0})
    rows["week"] = calendar.bucket_column(rows, "week")
    sums = rows.groupby(["key", "week"], as_index=False).agg(
        spend=("amount", "sum"), users=("users", "sum"), days=("day", "nunique")
    )
    return sums[sums["days"] == 7].drop(columns="days")


def _respond(weeks: "pd.DataFrame", name: str) -> Response:
    usable = weeks[(weeks["spend"] > 0) & (weeks["users"] > 0)]
    if len(usable) < _FEWEST_WEEKS or usable["spend"].nunique() < 3:
        raise NoData(
            en=f"{show(name)} has {len(usable)} whole weeks with spending and users; {_FEWEST_WEEKS} with different "
            "spending are needed to learn from. Take a longer period.",
            zh=f"{show(name)} 只有 {len(usable)} 个既有花费又有获客的完整周；至少需要 {_FEWEST_WEEKS} 个花费不同的周，请放宽时间范围。",
            parameter="start",
        )
    return fit_response(usable["spend"].to_numpy(float), usable["users"].to_numpy(float))


def _choose_amount(
    scope: Scope, responses: dict[str, Response], names: tuple[str, str], asked: float | None
) -> float:
    """Return the amount that is moved, and refuse to look beyond what has been spent in any week."""
    source, target = (responses[name] for name in names)
    most = min(source.spend - source.least, target.most - target.spend)
    amount = most / 2 if asked is None else asked
    if amount > most * (1 + 1e-12):
        money = scope.semantics.resolve_unit("currency")
        told, seen = (format_value(v, money, "en") for v in (max(most, 0.0), amount))
        raise InvalidArgument(
            en=f"amount: moving {seen} a week leads to spending that no week has had; at most {told} can be looked at.",
            zh=f"amount：每周挪动 {seen} 会超出以往任何一周的花费范围，最多可测算 {told}。",
            parameter="amount",
        )
    return amount


def _table(responses: dict[str, Response], moves: dict[str, float]) -> "pd.DataFrame":
    """Return rows (channel, spend, spend_after, users_per_week, change_per_week, elasticity)."""
    import pandas as pd

    return pd.DataFrame(
        [
            (name, r.spend, r.spend + moves[name], r.users, r.change(moves[name]), r.elasticity)
            for name, r in responses.items()
        ],
        columns=["channel", "spend", "spend_after", "users_per_week", "change_per_week", "elasticity"],
    )


def _figures(
    scope: Scope,
    arguments: ReallocationArguments,
    spending: Spending,
    responses: dict[str, Response],
    moves: dict[str, float],
) -> list[Figure]:
    from scipy.special import stdtrit

    span, money = str(arguments.dates), scope.semantics.resolve_unit("currency")
    net = sum(r.change(moves[k]) for k, r in responses.items())
    freedom = min(r.freedom for r in responses.values())
    error = sum(r.change_error(moves[k]) ** 2 for k, r in responses.items()) ** 0.5 * float(
        stdtrit(freedom, 0.975)
    )
    total = sum(r.spend for r in responses.values())
    after = sum(r.spend + moves[k] for k, r in responses.items())
    figures = [
        Figure("net_change", net, "new users", Text("每周获客净变化", "net change of users per week"), span, interval=(net - error, net + error)),
        Figure("spend_before", total, money, Text("两渠道每周花费（挪动前）", "weekly spending of both, before"), span),
        Figure("spend_after", after, money, Text("两渠道每周花费（挪动后）", "weekly spending of both, after"), span),
    ]  # fmt: skip
    for name, response in responses.items():
        label, key = scope.segment_text(spending.dimension, name), f"{spending.dimension}={name}"
        told = Text(f"{label.zh}：每周获客变化", f"{label.en}: change of users per week")
        off = response.change_error(moves[name]) * float(stdtrit(response.freedom, 0.975))
        value = response.change(moves[name])
        figures.append(
            Figure(
                "change",
                value,
                "new users",
                told,
                span,
                key,
                response.freedom + 2,
                (value - off, value + off),
            )
        )
    return figures


def _card(
    scope: Scope,
    arguments: ReallocationArguments,
    spending: Spending,
    responses: dict[str, Response],
    weeks: "pd.DataFrame",
    amount: float,
) -> list[DefinitionItem]:
    money = scope.semantics.resolve_unit("currency")
    event = scope.semantics.event_text(arguments.acquired_event or scope.semantics.default_cohort_event)
    first, last = (int(weeks["week"].min()), int(weeks["week"].max()))
    used = Period(scope.calendar.first_day(first, "week"), scope.calendar.last_day(last, "week"))
    ranges = [
        item(f"观察到的每周花费：{show(k)}", f"weekly spending seen, {show(k)}",
             f"{format_value(r.least, money, 'en')} - {format_value(r.most, money, 'en')}")
        for k, r in responses.items()
    ]  # fmt: skip
    return [
        period_item(used, "学习的完整周", "whole weeks learnt from"),
        *spending.card(scope),
        item("获客", "acquired means", Text(f"首次「{event.zh}」", f"the first {event.en}")),
        item("挪动", "moved per week", format_value(amount, money, "en")),
        *ranges,
        item("模型", "model", Text("对数线性：获客随花费按不变弹性变化", "log-linear: users follow spending by a constant elasticity")),
        LIMITS,
    ]  # fmt: skip


def _chart(scope: Scope, spending: Spending, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    values = [
        scope.semantics.value_text(spending.dimension, v).in_language(scope.language)
        for v in table["channel"]
    ]
    return draw_bars(
        table.assign(channel=values),
        "channel",
        "change_per_week",
        title=title,
        axes=(
            scope.semantics.dimension_text(spending.dimension),
            Text("每周获客变化", "change of users per week"),
        ),
        unit="users",
        language=scope.language,
    )
