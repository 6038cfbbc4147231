"""What the result of channels says: figures, definition card and chart."""

from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.periods import Period
from tools.results import DefinitionItem, Figure, Text, limits
from tools.scope import Scope
from tools.value.purchases import Purchases
from tools.value.revenue import mean_interval
from tools.value.spend_tables import Spending

if TYPE_CHECKING:
    import pandas as pd

    from tools.value.channels import ChannelArguments

#: Users of an age from which payback is told at that age.
FEWEST_OLD = 20

LIMITS = limits(
    "用户按记录的渠道归属：不能证明没有这笔花费他们就不会来，也不能证明多花钱会按同样的比例带来用户。",
    "Users are counted under the channel on record: this does not prove that they would not have come without the "
    "spending, nor that more of it would bring more at the same price.",
)


def channel_figures(
    scope: Scope,
    arguments: "ChannelArguments",
    spending: Spending,
    purchases: Purchases,
    table: "pd.DataFrame",
) -> list[Figure]:
    """Return the figures: of the paid channels together, then of each."""
    span, money = str(arguments.dates), purchases.unit
    paid = table[table["spend"] > 0]
    spent, users, revenue = (float(paid[c].sum()) for c in ("spend", "users", "revenue"))
    n, everybody = int(users), int(table["users"].sum())
    kept = revenue * arguments.margin - spent

    def figure(name: str, value: float | None, unit: str, zh: str, en: str, count: int = n) -> Figure:
        return Figure(name, value, unit, Text(zh, en), span, n=count)

    figures = [
        figure("spend", spent, money, "花费", "spending"),
        figure("acquired", n, "users", "付费渠道获得的用户", "users acquired by paid channels", everybody),
        figure("cac", spent / n if n else None, money, "CAC（付费渠道获客成本）", "CAC of paid channels"),
        figure("blended_cac", spent / everybody if everybody else None, money, "综合获客成本（含未付费渠道的用户）",
               "blended CAC, users of unpaid channels included", everybody),
        figure("revenue", revenue, money, "这些用户带来的收入", "revenue of these users"),
        figure("roas", revenue / spent if spent else None, "multiple", "ROAS（收入 ÷ 花费）", "ROAS (revenue / spending)"),
        figure("contribution", kept, money, "贡献（毛利 − 花费）", "contribution (margin less spending)"),
        figure("roi", kept / spent if spent else None, "ratio", "ROI（贡献 ÷ 花费）", "ROI (contribution / spending)"),
    ]  # fmt: skip
    # A measure of all channels after another: what compares them stands together, and what is cut off is the last of these.
    each = [_of_segment(scope, spending.dimension, row, money, span) for row in paid.to_dict("records")]
    return figures + [figure for measure in zip(*each, strict=True) for figure in measure]


def _of_segment(scope: Scope, dimension: str, row: Any, money: str, span: str) -> list[Figure]:
    label, key, n = (
        scope.segment_text(dimension, row["segment"]),
        f"{dimension}={row['segment']}",
        int(row["users"]),
    )
    per_user = mean_interval(row["revenue"], row["square"], n)
    around = None if per_user is None else (per_user[0] * n / row["spend"], per_user[1] * n / row["spend"])
    parts = (
        ("cac", money, "CAC", "CAC", None),
        ("roas", "multiple", "ROAS", "ROAS", around),
        ("payback_days", "days", "回本天数", "payback", None),
        ("contribution", money, "贡献", "contribution", None),
        ("roi", "ratio", "ROI", "ROI", None),
    )
    return [
        Figure(
            name,
            None if row[name] != row[name] else float(row[name]),
            unit,
            Text(f"{label.zh}：{zh}", f"{label.en}: {en}"),
            span,
            key,
            n,
            bounds,
        )
        for name, unit, zh, en, bounds in parts
    ]


def channel_card(
    scope: Scope,
    arguments: "ChannelArguments",
    spending: Spending,
    purchases: Purchases,
    first: int,
    last: int,
) -> list[DefinitionItem]:
    """Return the definition card."""
    event = arguments.acquired_event or scope.semantics.default_cohort_event
    used = Period(*(scope.calendar.first_day(d, "day") for d in (first, last)))
    days = arguments.follow_days
    followed = (
        Text("至数据末尾", "until the data ends") if days is None else Text(f"{days} 天", f"{days} days")
    )
    return [
        period_item(used, "花费与获客时间", "spending and acquisition"),
        *spending.card(scope),
        item("获客", "acquired means", Text(
            f"首次「{scope.semantics.event_text(event).zh}」，按当时的渠道归属",
            f"the first {scope.semantics.event_text(event).en}, under the channel then")),
        *purchases.card(scope),
        item("计入购买", "purchases count for", followed),
        item("毛利率", "margin", Text(f"{arguments.margin:.1%}", f"{arguments.margin:.1%}")),
        item("回本", "payback", Text(
            f"获客后第几天人均累计毛利达到 CAC（每天只看已满该天数、不少于 {FEWEST_OLD} 名的用户）",
            f"days after acquisition until the margin per user has reached the CAC (each day over users at least as old, "
            f"{FEWEST_OLD} or more)")),
        LIMITS,
    ]  # fmt: skip


def channel_chart(scope: Scope, spending: Spending, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    """Draw the ROAS of each paid channel."""
    paid = table[table["spend"] > 0]
    names = [
        scope.semantics.value_text(spending.dimension, v).in_language(scope.language) for v in paid["segment"]
    ]
    return draw_bars(
        paid.assign(segment=names),
        "segment",
        "roas",
        title=title,
        axes=(scope.semantics.dimension_text(spending.dimension), Text("ROAS", "ROAS")),
        unit="multiple",
        language=scope.language,
        lying=True,
    )
