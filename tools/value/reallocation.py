"""What if spending were moved from one channel to another, within what has been seen.

Each channel's weekly acquisitions are taken to follow its weekly spending by a constant elasticity: log users = a + b log
spending, by least squares. What is given to one channel is taken from the other. Spending that no week has had is refused.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars
from tools.declarations import fold, words_of
from tools.definitions import item, period_item
from tools.errors import InvalidArgument, NoData, show, suggest
from tools.periods import Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, format_value, limits
from tools.scope import Scope
from tools.value.channels import find_acquired
from tools.value.moved_amount import ReallocationArguments, choose_amount, write_amount, write_asked
from tools.value.response import Response, fit_response
from tools.value.spend_tables import Spending, read_spending, spent_period

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_WEEKS = 8

LIMITS = limits(
    "花费与获客一同变化，可能是因为需求旺时才多投：不能证明挪动花费就会带来这样的变化，只有实验能证明。",
    "Spending and sign-ups may move together because more is spent when demand is high: this does not prove that moving "
    "the money brings the change; an experiment would.",
)


def simulate_reallocation(scope: Scope, arguments: ReallocationArguments) -> MetricResult:
    """Say what moving spending from one channel to another is likely to change in users acquired."""
    scope.check_users()
    scope.check(arguments.filters)
    spending = read_spending(scope, arguments.spend)
    weeks = _count_weeks(scope, arguments, spending)
    names = _choose_names(scope, spending, arguments, weeks)
    responses = {name: _respond(scope, spending, weeks[weeks["key"] == name], name) for name in names}
    amount = choose_amount(scope, responses, names, arguments)
    moves = {names[0]: -amount, names[1]: amount}
    table = _table(scope, spending, responses, moves)
    title = Text("预算挪动测算", "What if spending were moved")
    return scope.finish(
        "simulate_reallocation",
        arguments,
        title=title,
        card=_card(scope, arguments, spending, responses, weeks, write_amount(scope, arguments, amount)),
        figures=_figures(scope, arguments, spending, responses, moves),
        table=table,
        chart=_chart(scope, spending, table, title),
        warnings=[*scope.cover(arguments.dates), *spending.warnings],
        n=int(weeks["week"].nunique()),
    )


def _find_channel(scope: Scope, spending: Spending, parameter: str, name: str | None) -> str | None:
    """Return the channel of a name in either language."""
    known = sorted(set(spending.rows["key"]))
    if name is None or name in known:
        return name
    values = scope.semantics.dimensions[spending.dimension].values
    words = {fold(w): key for key in known for w in (words_of(key, values[key]) if key in values else (key,))}
    if (found := words.get(fold(name))) is not None:
        return found
    texts = [scope.semantics.value_text(spending.dimension, key) for key in known]
    moved = Text("挪出", "from") if parameter == "take_from" else Text("挪入", "to")
    raise InvalidArgument(
        en=f"{parameter}: nothing was spent on {show(name)}, so nothing can be moved {moved.en} it.{suggest(name, [t.en for t in texts])[0]}",
        zh=f"{parameter}：{show(name)} 没有花费，无法{moved.zh}。{suggest(name, [t.zh for t in texts])[1]}",
        parameter=parameter,
    )


def _choose_names(
    scope: Scope, spending: Spending, arguments: ReallocationArguments, weeks: "pd.DataFrame"
) -> tuple[str, str]:
    """Return the channels that are named, else those of the dearest and the cheapest users."""
    giver = _find_channel(scope, spending, "take_from", arguments.take_from)
    taker = _find_channel(scope, spending, "give_to", arguments.give_to)
    sums = weeks.groupby("key")[["spend", "users"]].sum()
    cost = (sums["spend"] / sums["users"].where(sums["users"] > 0)).dropna().sort_values(kind="stable")
    costs = [str(k) for k in cost.index]
    source = giver or next((k for k in costs[::-1] if k != taker), None)
    target = taker or next((k for k in costs if k != source), None)
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


def _respond(scope: Scope, spending: Spending, weeks: "pd.DataFrame", name: str) -> Response:
    usable = weeks[(weeks["spend"] > 0) & (weeks["users"] > 0)]
    if len(usable) < _FEWEST_WEEKS or usable["spend"].nunique() < 3:
        label = scope.semantics.value_text(spending.dimension, name)
        raise NoData(
            en=f"{show(label.en)} has {len(usable)} whole weeks with spending and users; {_FEWEST_WEEKS} with different "
            "spending are needed to learn from. Take a longer period.",
            zh=f"“{show(label.zh)}”只有 {len(usable)} 个既有花费又有获客的完整周；至少需要 {_FEWEST_WEEKS} 个花费不同的周，请放宽时间范围。",
            parameter="start",
        )
    return fit_response(usable["spend"].to_numpy(float), usable["users"].to_numpy(float))


def _table(
    scope: Scope, spending: Spending, responses: dict[str, Response], moves: dict[str, float]
) -> "pd.DataFrame":
    """Return rows (channel, spend, spend_after, users_per_week, change_per_week, elasticity)."""
    import pandas as pd

    return pd.DataFrame(
        [
            (
                _label(scope, spending, name),
                r.spend,
                r.spend + moves[name],
                r.users,
                r.change(moves[name]),
                r.elasticity,
            )
            for name, r in responses.items()
        ],
        columns=["channel", "spend", "spend_after", "users_per_week", "change_per_week", "elasticity"],
    )


def _label(scope: Scope, spending: Spending, name: str) -> str:
    return scope.semantics.value_text(spending.dimension, name).in_language(scope.language)


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
        Figure("moved", max(moves.values()), money, _moved_text(scope, arguments, spending, moves), span),
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


def _moved_text(
    scope: Scope, arguments: ReallocationArguments, spending: Spending, moves: dict[str, float]
) -> Text:
    source, target = (scope.semantics.value_text(spending.dimension, name) for name in moves)
    asked = write_asked(scope, arguments)
    zh, en = ("", "") if asked is None else (f"（{asked.zh}）", f" ({asked.en})")
    return Text(
        f"每周从{show(source.zh)}挪到{show(target.zh)}的花费{zh}",
        f"moved a week from {show(source.en)} to {show(target.en)}{en}",
    )


def _card(
    scope: Scope,
    arguments: ReallocationArguments,
    spending: Spending,
    responses: dict[str, Response],
    weeks: "pd.DataFrame",
    moved: Text,
) -> list[DefinitionItem]:
    money = scope.semantics.resolve_unit("currency")
    event = scope.semantics.event_text(arguments.acquired_event or scope.semantics.default_cohort_event)
    _name = partial(scope.semantics.value_text, spending.dimension)
    first, last = (int(weeks["week"].min()), int(weeks["week"].max()))
    used = Period(scope.calendar.first_day(first, "week"), scope.calendar.last_day(last, "week"))
    ranges = [
        item(f"观察到的每周花费：{show(_name(k).zh)}", f"weekly spending seen, {show(_name(k).en)}",
             f"{format_value(r.least, money, 'en')} - {format_value(r.most, money, 'en')}")
        for k, r in responses.items()
    ]  # fmt: skip
    return [
        period_item(used, "学习的完整周", "whole weeks learnt from"),
        *spending.card(scope),
        item("获客", "acquired means", Text(f"首次「{event.zh}」", f"the first {event.en}")),
        item("挪动", "moved", moved),
        *ranges,
        item("模型", "model", Text("对数线性：获客随花费按不变弹性变化", "log-linear: users follow spending by a constant elasticity")),
        LIMITS,
    ]  # fmt: skip


def _chart(scope: Scope, spending: Spending, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    return draw_bars(
        table,
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
