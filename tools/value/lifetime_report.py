"""What the result of a lifetime value says: figures, definition card and warnings."""

from typing import TYPE_CHECKING, Any

from tools.definitions import item, period_item
from tools.periods import Period
from tools.results import DefinitionItem, Figure, Text, limits
from tools.scope import Scope
from tools.value.purchases import Purchases
from tools.value.valuation import Valuation

if TYPE_CHECKING:
    import pandas as pd

_FEW, _FAR_OFF, _TIED, _FAR_AHEAD = 100, 0.2, 0.3, 2
_WEEK = 7.0
HeldOut = tuple[float, int, int] | None

LIMITS = limits(
    "预测假设客户今后的购买方式与过去相同，不能证明某个客户必然带来这些价值，也不能证明某项动作会改变它。",
    "The forecast takes customers to go on buying as they did; it does not prove that any one of them will bring this "
    "value, nor that anything you do changes it.",
)


def lifetime_figures(
    scope: Scope,
    arguments: Any,
    purchases: Purchases,
    valuation: Valuation,
    table: "pd.DataFrame",
    end: int,
    held_out: HeldOut,
    period: Period,
) -> list[Figure]:
    """Return the figures, the value of a customer first."""
    customers, days, span = valuation.customers, arguments.horizon_days, str(period)
    total, margin = len(customers), arguments.margin
    ahead = Text(f"未来 {days} 天", f"in the next {days} days")
    past, future = float(customers["amount"].mean()) * margin, float(valuation.value.mean())
    bounds = valuation.mean_interval("value")
    around = None if bounds is None else (past + bounds[0], past + bounds[1])
    new_purchases, new_value = valuation.new_customer()
    repeats = int((customers["days"] > 1).sum())
    old = customers[_known_whole(valuation, days, end)]
    early = float(old["early_amount"].mean()) * margin if len(old) else None

    def figure(
        name: str, value: float | None, unit: str, zh: str, en: str, n: int = total, **more: Any
    ) -> Figure:
        return Figure(name, value, unit, Text(zh, en), span, n=n, **more)

    money = purchases.unit
    figures = [
        figure("lifetime_value", past + future, money, f"客户平均价值（已实现 + {ahead.zh}）",
               f"mean value of a customer (so far, and {ahead.en})", interval=around),
        figure("historical_value", past, money, "人均已实现价值", "value per customer so far"),
        figure("future_value", future, money, f"人均预计价值（{ahead.zh}）",
               f"expected value per customer {ahead.en}", interval=bounds),
        figure("expected_purchases", float(valuation.purchases.mean()), "purchases", f"人均预计购买次数（{ahead.zh}）",
               f"expected purchases per customer {ahead.en}", interval=valuation.mean_interval("purchases")),
        figure("chance_alive", float(valuation.chance_alive.mean()), "ratio", "仍会购买的平均概率",
               "mean chance that a customer still buys"),
        figure("repeat_rate", repeats / total, "ratio", "复购率（在另一天再次购买）", "repeat rate (bought on another day)"),
        figure("new_customer_purchases", new_purchases, "purchases", f"一名新客 {days} 天内的预计复购次数",
               f"expected repeat purchases of a new customer within {days} days"),
        figure("new_customer_value", new_value, money, f"一名新客 {days} 天内的预计价值（含首单）",
               f"expected value of a new customer within {days} days, the first purchase included"),
        figure("early_value", early, money, f"历史上客户头 {days} 天的实际人均价值",
               f"what customers really brought in their first {days} days", n=len(old)),
    ]  # fmt: skip
    if held_out is not None:
        expected, made, n = held_out
        last = arguments.held_out
        figures += [
            figure("holdout_expected", expected, "purchases", f"检验：最后 {last} 天的预测购买次数",
                   f"trial: purchases expected in the last {last} days", n),
            figure("holdout_actual", made, "purchases", f"检验：最后 {last} 天的实际购买次数",
                   f"trial: purchases made in the last {last} days", n),
        ]  # fmt: skip
    return figures + _segment_figures(scope, arguments, purchases, table, span)


def _known_whole(valuation: Valuation, days: int, end: int) -> "pd.Series":
    """Say of which customers as many first days are known as are looked ahead: these show what a new one brings by then."""
    return valuation.customers["first"] + days - 1 <= end


def _segment_figures(
    scope: Scope, arguments: Any, purchases: Purchases, table: "pd.DataFrame", span: str
) -> list[Figure]:
    dimension = arguments.breakdown
    if dimension is None:
        return []
    return [
        Figure(
            "lifetime_value",
            float(row["lifetime_value"]),
            purchases.unit,
            scope.segment_text(dimension, row["segment"]),
            span,
            f"{dimension}={row['segment']}",
            n=int(row["users"]),
        )
        for row in table.to_dict("records")
    ]


def describe_lifetime(
    scope: Scope, arguments: Any, purchases: Purchases, valuation: Valuation, period: Period
) -> list[DefinitionItem]:
    """Return the definition card."""
    buying, spending = valuation.buying, valuation.spending
    parameters = f"r = {buying.r:.4g}, α = {buying.alpha / _WEEK:.4g}, a = {buying.a:.4g}, b = {buying.b:.4g}"
    amounts = Text("所有客户取平均金额", "the mean amount for all customers")
    if spending is not None:
        told = f"p = {spending.p:.4g}, q = {spending.q:.4g}, v = {spending.v:.4g}"
        amounts = Text(f"Gamma-Gamma（{told}）", f"gamma-gamma ({told})")
    return [
        period_item(period, "首购与观察", "first purchases, and observed"),
        *purchases.card(scope),
        item("一次购买", "one purchase", Text("客户在一个本地日内的全部购买", "all of a customer's purchases of one local day")),
        item("预测期", "looks ahead", Text(f"{arguments.horizon_days} 天", f"{arguments.horizon_days} days")),
        item("购买模型", "purchases by", Text(f"BG/NBD（{parameters}，α 以周计）", f"BG/NBD ({parameters}, α in weeks)")),
        item(
            "仍会购买的概率",
            "chance to buy still",
            Text("只买过一次的客户在该模型中恒为 100%", "always 100 % in this model for customers of one purchase"),
        ),
        item("金额模型", "amounts by", amounts),
        item("毛利率", "margin", Text(f"{arguments.margin:.1%}", f"{arguments.margin:.1%}")),
        item("年折现率", "discount per year", Text(f"{arguments.discount:.1%}", f"{arguments.discount:.1%}")),
        item("区间", "interval", Text("95 %，仅反映参数估计的误差", "95 %, of the estimated parameters alone")),
        LIMITS,
    ]  # fmt: skip


def lifetime_warnings(
    valuation: Valuation, arguments: Any, earlier: int, held_out: HeldOut, end: int
) -> list[Text]:
    """Return what a reader should know before relying on the numbers."""
    customers = valuation.customers
    repeats = int((customers["days"] > 1).sum())
    warnings = _early_warning(valuation, arguments.horizon_days, end)
    if repeats < _FEW:
        warnings.append(
            Text(
                f"只有 {repeats} 名客户复购过，模型依据很少，请以历史价值为准。",
                f"Only {repeats} users bought again: the models rest on little; rely on the historical value.",
            )
        )
    fits = [f for f in (valuation.buying_fit, valuation.spending_fit) if f is not None]
    if not all(f.is_inside for f in fits):
        warnings.append(
            Text(
                "数据不足以确定模型的全部参数（有参数取到边界），预测仅供参考。",
                "The data does not settle all parameters of the models (one is at its bound); take the forecast as a hint.",
            )
        )
    warnings += _trial_warning(held_out)
    together = valuation.correlation()
    if together is not None and abs(together) > _TIED:
        warnings.append(
            Text(
                f"购买次数与单次金额相关（相关系数 {together:+.2f}），金额模型假设二者无关，高频客户的价值可能有偏差。",
                f"How often customers buy goes with how much they spend (correlation {together:+.2f}), which the amounts' "
                "model takes for unrelated: the value of frequent buyers may be off.",
            )
        )
    if arguments.horizon_days > _FAR_AHEAD * arguments.dates.days:
        warnings.append(
            Text(
                f"预测期（{arguments.horizon_days} 天）超过观察期的两倍，结果是外推。",
                f"The {arguments.horizon_days} days ahead are more than twice the days observed: this is an extrapolation.",
            )
        )
    if earlier:
        warnings.append(
            Text(
                f"另有 {earlier} 名用户在此之前已购买过，首购不在该时间范围内，未计入。",
                f"{earlier} users had bought before the period; their first purchase lies outside it, and they are left out.",
            )
        )
    if valuation.is_sampled:
        warnings.append(
            Text(
                "客户很多，模型以其中十万名的随机样本拟合，预测覆盖全部客户。",
                "There are very many customers: the models are fitted to a random 100,000 of them, and applied to all.",
            )
        )
    return warnings


def _early_warning(valuation: Valuation, days: int, end: int) -> list[Text]:
    """Say how few customers the value of the first days rests on, beside the models, which all of them made."""
    known, total = int(_known_whole(valuation, days, end).sum()), len(valuation.customers)
    if not known:
        return [
            Text(
                f"没有一名客户的首购距今满 {days} 天，头 {days} 天的实际价值无从得知，只有模型的预测。",
                f"No customer's first purchase is {days} days old, so what one really brings in {days} days is not known: "
                "there is only the models' forecast.",
            )
        ]
    if known >= _FEW:
        return []
    return [
        Text(
            f"头 {days} 天的实际人均价值只来自 {known:,} 名客户（{total:,} 名中首购距今满 {days} 天者，都是最早的一批），样本太小，不宜单独引用。",
            f"What customers really brought in their first {days} days rests on {known:,} of {total:,} customers, the earliest, "
            "whose first purchase is old enough: too few to quote by itself.",
        )
    ]


def _trial_warning(held_out: HeldOut) -> list[Text]:
    if held_out is None:
        return []
    expected, made, _ = held_out
    off = expected / made - 1 if made else float("inf")
    if abs(off) <= _FAR_OFF:
        return []
    ratio_zh, ratio_en = (
        (f"相差 {off:+.0%}", f"off by {off:+.0%}") if made else ("实际为 0", "none were made")
    )
    return [
        Text(
            f"检验不理想：用较早数据预测期末的购买次数，与实际{ratio_zh}；未来的预测也可能有这样的误差。",
            f"The trial went badly: purchases at the end, forecast from what came before, are {ratio_en}; the forecast of the "
            "future may be as wrong.",
        )
    ]
