"""Value tiers: users ranked by what they spent, and how much of the whole comes from the few at the top.

Tiers by share of users take the highest first; equal amounts share a tier, as the share of users who are
strictly above decides. The Pareto share is the least share of users who together make `pareto` of the total.
"""

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from tools.charts import draw_bars
from tools.definitions import EventName, ToolArguments, item, period_item
from tools.errors import InvalidArgument
from tools.grammar import chinese_list
from tools.results import DefinitionItem, Figure, MetricResult, Text, format_value, join_chinese
from tools.scope import Scope, within
from tools.segments.amounts import PLACES, amount_text, amount_unit, spending_event, user_amount

if TYPE_CHECKING:
    import ibis
    import pandas as pd


class ValueTierArguments(ToolArguments):
    """Arguments of `measure_value_tiers`."""

    event: EventName = None
    property: str | None = Field(
        default=None,
        description="Numeric column to sum per user; null counts events. 按用户求和的数值列，null 则计事件次数。",
    )
    shares: list[float] = Field(
        default=[0.1, 0.2, 0.5],
        min_length=1,
        max_length=10,
        description="Rising shares of users at which tiers end, highest spenders first; the rest is the last tier. "
        "各层累计用户占比（递增，从高到低），其余为最后一层。",
    )
    cuts: list[float] | None = Field(
        default=None,
        min_length=1,
        max_length=10,
        description="Falling amounts from which a tier begins, instead of shares. 各层的起始金额（递减），代替 shares。",
    )
    pareto: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Part of the total whose makers are counted. 帕累托比例所对应的总额占比。",
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        rising = all(a < b for a, b in zip(self.shares, self.shares[1:], strict=False))
        if not (rising and all(0 < s < 1 for s in self.shares)):
            raise InvalidArgument(
                en="shares must rise and lie between 0 and 1, e.g. [0.1, 0.2, 0.5].",
                zh="shares 须递增且在 0 与 1 之间，例如 [0.1, 0.2, 0.5]。",
                parameter="shares",
            )
        cuts = self.cuts or []
        # A missing number is not greater than any.
        if not all(a > b for a, b in zip(cuts, [*cuts[1:], float("-inf")], strict=False)):
            raise InvalidArgument(
                en="cuts must fall, e.g. [1000, 200, 50].",
                zh="cuts 须递减，例如 [1000, 200, 50]。",
                parameter="cuts",
            )
        return self


def measure_value_tiers(scope: Scope, arguments: ValueTierArguments) -> MetricResult:
    """Put everybody who did the event in the period into a tier by the sum of a property, or by the count of events.

    Every user is in exactly one tier; tiers add up to all users and to the whole amount.
    """
    scope.check_users()
    scope.check(arguments.filters)
    event = spending_event(scope.semantics, arguments.event, arguments.property)
    warnings = list(scope.cover(arguments.dates))
    users = _spending(scope, arguments, event)
    table = _table(scope, arguments, users)
    if arguments.property and (table["amount"] <= 0).any():
        warnings.append(
            Text(
                "有层的金额不大于 0（如退款），金额占比可能超过 100%。",
                "A tier's amount is not above 0 (refunds, say), so shares of the amount may pass 100 %.",
            )
        )
    title = Text("用户价值分层", "Value tiers")
    return scope.finish(
        "measure_value_tiers",
        arguments,
        title=title,
        card=_card(scope, arguments, event),
        figures=_figures(scope, arguments, table, _pareto_users(scope, arguments, users)),
        table=table.drop(columns="number"),
        chart=draw_bars(
            table.assign(
                name=[_tier_text(scope, arguments, n).in_language(scope.language) for n in table["number"]]
            ),
            "name",
            "amount_share",
            title=title,
            axes=(Text("分层", "tier"), Text("金额占比", "share of the amount")),
            unit="ratio",
            language=scope.language,
            lying=True,
        ),
        warnings=warnings,
        n=int(table["users"].sum()),
    )


def _spending(scope: Scope, arguments: ValueTierArguments, event: str | None) -> "ibis.Table":
    """Select rows (user, amount)."""
    rows = within(scope.days(event, arguments.filters), arguments.dates, scope.calendar)
    amount = user_amount(scope, rows, arguments.property) if arguments.property else rows.events.sum()
    return rows.group_by("user").agg(amount=amount.cast("float64"))


def _table(scope: Scope, arguments: ValueTierArguments, users: "ibis.Table") -> "pd.DataFrame":
    """Return rows (tier, number, users, share, amount, amount_share, mean_amount), highest tier first."""
    tiered = users.mutate(number=_tier(users, arguments).cast("int32"))
    sums = tiered.group_by("number").agg(users=tiered.count(), amount=tiered.amount.sum())
    table = scope.source.engine.fetch(sums.order_by("number"))
    total, everybody = round(float(table["amount"].sum()), PLACES), int(table["users"].sum())
    table["amount"] = table["amount"].round(PLACES)
    table.insert(0, "tier", [_tier_name(arguments, int(n)) for n in table["number"]])
    table["share"] = table["users"] / everybody if everybody else float("nan")
    table["amount_share"] = table["amount"] / total if total > 0 else float("nan")
    table["mean_amount"] = table["amount"] / table["users"]
    return table


def _tier(users: "ibis.Table", arguments: ValueTierArguments) -> Any:
    """Number the tiers from 0, the highest: how many ends lie before a user."""
    import ibis

    if arguments.cuts is not None:
        passed = [(users.amount < cut) for cut in arguments.cuts]
    else:
        above = ibis.rank().over(ibis.window(order_by=users.amount.desc()))
        total = users.count().over(ibis.window())
        passed = [above >= total * share for share in arguments.shares]
    return sum((p.cast("int32") for p in passed), ibis.literal(0))


def _pareto_users(scope: Scope, arguments: ValueTierArguments, users: "ibis.Table") -> int | None:
    """Count the fewest users who together make `pareto` of the amount; None if there is no positive amount."""
    import ibis

    order = ibis.window(order_by=[users.amount.desc(), users.user], preceding=None, following=0)
    summed = users.mutate(
        running=users.amount.sum().over(order), total=users.amount.sum().over(ibis.window())
    )
    # Sums of decimal fractions are not exact: what reaches the goal within rounding reaches it.
    short = (summed.running - summed.amount) < arguments.pareto * summed.total * (1 - 1e-12)
    counted = summed.agg(n=short.sum().coalesce(0), total=summed.total.max().coalesce(0.0))
    row = scope.source.engine.fetch_row(counted)
    return int(row["n"]) if row["total"] > 0 else None


def _tier_name(arguments: ValueTierArguments, number: int) -> str:
    ends = arguments.cuts if arguments.cuts is not None else arguments.shares
    if arguments.cuts is not None:
        return f">={ends[number]:g}" if number < len(ends) else f"<{ends[-1]:g}"
    low = 0.0 if number == 0 else ends[number - 1]
    high = ends[number] if number < len(ends) else 1.0
    return f"{low * 100:g}-{high * 100:g}%"


def _tier_text(scope: Scope, arguments: ValueTierArguments, number: int) -> Text:
    name = _tier_name(arguments, number)
    if arguments.cuts is not None:
        return Text(name, name)
    if number == 0:
        return Text(f"前 {name[2:]}", f"top {name[2:]}")
    return Text(f"前 {name.replace('-', '% 至 ')}", f"top {name.replace('-', '% to ')}")


def _figures(
    scope: Scope, arguments: ValueTierArguments, table: "pd.DataFrame", pareto: int | None
) -> list[Figure]:
    span, total = str(arguments.dates), int(table["users"].sum())
    unit = amount_unit(scope.semantics, arguments.property) if arguments.property else "events"
    name = _amount_text(scope, arguments)
    part = format_value(arguments.pareto, "ratio", "en")
    label = Text(
        f"{join_chinese(f'贡献 {part} 的', name.zh)}所需的最少用户占比",
        f"least share of users who make {part} of {name.en}",
    )
    value = pareto / total if pareto is not None and total else None
    figures = [
        Figure("pareto_share", value, "ratio", label, span, n=total),
        Figure("users", total, "users", Text("用户", "users"), span, n=total),
        Figure("amount", round(float(table["amount"].sum()), PLACES), unit, name, span, n=total),
    ]
    for row in table.to_dict("records"):
        tier, key, n = _tier_text(scope, arguments, row["number"]), f"tier={row['tier']}", int(row["users"])
        share = None if row["amount_share"] != row["amount_share"] else float(row["amount_share"])
        label = Text(f"{tier.zh}：金额占比", f"{tier.en}: share of the amount")
        users = Text(f"{tier.zh}：用户", f"{tier.en}: users")
        figures.append(Figure("tier_users", n, "users", users, span, key, n=n))
        figures.append(Figure("amount_share", share, "ratio", label, span, key, n=n))
    return figures


def _amount_text(scope: Scope, arguments: ValueTierArguments) -> Text:
    if arguments.property is None:
        return Text("事件次数", "the number of events")
    return amount_text(scope.semantics, arguments.property)


def _card(scope: Scope, arguments: ValueTierArguments, event: str | None) -> list[DefinitionItem]:
    if arguments.cuts is not None:
        listed = ", ".join(f"{c:g}" for c in arguments.cuts)
        tiers = Text(
            f"按金额切分：{chinese_list(listed)}（达到即入层）", f"by amount: {listed} (reached or above)"
        )
    else:
        listed = ", ".join(f"{s * 100:g}%" for s in arguments.shares)
        tiers = Text(
            f"按用户占比：{chinese_list(listed)}，金额高者在前；金额相同者同层",
            f"by share of users: {listed}, highest first; equal amounts share a tier",
        )
    part = f"{arguments.pareto * 100:g}%"
    return [
        period_item(arguments.dates),
        item("事件", "event", scope.semantics.event_text(event)),
        item("价值", "value", _amount_text(scope, arguments)),
        item("用户", "users", Text("期内有该事件的用户", "users with the event in the period")),
        item("分层", "tiers", tiers),
        item(
            "帕累托",
            "Pareto",
            Text(
                f"合计达到总额 {part} 所需的最少用户数 ÷ 用户数",
                f"fewest users who make {part} of the total / users",
            ),
        ),
    ]
