"""RFM: how recently, how often and for how much each user bought, in scores of 1 to 5, and the groups they make.

Scores follow Hughes (Strategic Database Marketing): fifths of the users by each measure, 5 the best. A user's
score is 1 + floor(5 x share of users who are strictly worse), so that equal values always share a score. The
ten named groups are the usual grid of recency by frequency and value; the eight are the Chinese convention of
high or low on each measure.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tools.charts import draw_bars
from tools.definitions import EventName, ToolArguments, item, period_item
from tools.grammar import chinese_list
from tools.results import DefinitionItem, Figure, MetricResult, Text, join_chinese
from tools.scope import Scope, within
from tools.segments.amounts import PLACES, amount_text, amount_unit, spending_event, user_amount
from tools.segments.rfm_groups import EIGHT, GRID, name_group, naming_text

if TYPE_CHECKING:
    import ibis
    import pandas as pd

SCORES = 5


def _check_cuts(cuts: list[float] | None) -> list[float] | None:
    if cuts is not None and any(low >= high for low, high in pairwise(cuts)):
        raise ValueError("four cut points must rise | 四个切分点须严格递增")
    return cuts


Cuts = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False)]] | None,
    Field(min_length=SCORES - 1, max_length=SCORES - 1),
    AfterValidator(_check_cuts),
]


class RfmArguments(ToolArguments):
    """Arguments of `measure_rfm`."""

    event: EventName = None
    property: str | None = Field(
        default=None,
        description="Numeric column to sum as the monetary value; null for recency and frequency only. "
        "作为消费金额求和的数值列，null 则只看最近一次与频次。",
    )
    recency_cuts: Cuts = Field(
        default=None,
        description="Four rising numbers of days: up to the first scores 5, beyond the last 1; null for fifths. "
        "四个递增的天数，不超过第一个得 5 分，超过最后一个得 1 分；null 为五等分。",
    )
    frequency_cuts: Cuts = Field(
        default=None,
        description="Four rising numbers of events: below the first scores 1, from the last on 5; null for fifths. "
        "四个递增的次数，低于第一个得 1 分，达到最后一个得 5 分；null 为五等分。",
    )
    monetary_cuts: Cuts = Field(
        default=None,
        description="Four rising amounts, as for frequency; null for fifths. 四个递增的金额，规则同频次。",
    )
    naming: Literal["grid", "eight"] = Field(
        default="grid",
        description="grid: ten groups (champions, loyal, at risk, ...); eight: high or low on each measure. "
        "grid 为十类（冠军、忠诚、有流失风险等），eight 为八类（重要价值客户等）。",
    )
    high_from: int = Field(
        default=4,
        ge=2,
        le=SCORES,
        description="Score that counts as high in naming eight. 八分类中视为高的最低分。",
    )


def measure_rfm(scope: Scope, arguments: RfmArguments) -> MetricResult:
    """Score everybody who did the event in the period by recency, frequency and value, and name the groups.

    Recency is the days from the last such event to `end`. Every user is in exactly one group.
    """
    scope.check_users()
    scope.check(arguments.filters)
    event = spending_event(scope.semantics, arguments.event, arguments.property)
    warnings = scope.cover(arguments.dates)
    cells = scope.source.engine.fetch(_cells(scope, arguments, event))
    names = GRID if arguments.naming == "grid" else EIGHT
    table = _table(cells, arguments, names)
    title = Text("RFM 用户分群", "RFM segments")
    return scope.finish(
        "measure_rfm",
        arguments,
        title=title,
        card=_card(scope, arguments, event),
        figures=_figures(scope, table, arguments, names),
        table=table if arguments.property else table.drop(columns=["amount", "mean_amount", "amount_share"]),
        chart=draw_bars(
            table.assign(name=[names[s].in_language(scope.language) for s in table["segment"]]),
            "name",
            "users",
            title=title,
            axes=(Text("人群", "segment"), Text("用户", "users")),
            unit="users",
            language=scope.language,
            lying=True,
        ),
        warnings=warnings,
        n=int(table["users"].sum()),
    )


def _cells(scope: Scope, arguments: RfmArguments, event: str | None) -> "ibis.Table":
    """Count users and sum what they did by score: at most 125 rows (r, f, m, users, days, events, amount)."""
    import ibis

    rows = within(scope.days(event, arguments.filters), arguments.dates, scope.calendar)
    end = scope.calendar.bucket(arguments.end, "day")
    amount = user_amount(scope, rows, arguments.property) if arguments.property else 0.0
    users = rows.group_by("user").agg(last=rows.day.max(), events=rows.events.sum(), amount=amount)
    users = users.mutate(days=end - users["last"])
    scores = {
        "r": _score(users, "days", arguments.recency_cuts, falling=True),
        "f": _score(users, "events", arguments.frequency_cuts),
        "m": _score(users, "amount", arguments.monetary_cuts) if arguments.property else ibis.literal(0),
    }
    scored = users.mutate(**{k: s.cast("int32") for k, s in scores.items()})
    return scored.group_by("r", "f", "m").agg(
        users=scored.count(), days=scored.days.sum(), events=scored.events.sum(), amount=scored.amount.sum()
    )


def _score(users: "ibis.Table", name: str, cuts: list[float] | None, *, falling: bool = False) -> Any:
    """Score a measure 1 to 5 by its cut points, or by the share of users who are strictly worse."""
    import ibis

    value = users[name]
    if cuts is not None:
        passed = sum(
            (((value > cut) if falling else (value >= cut)).cast("int32") for cut in cuts), ibis.literal(0)
        )
        return SCORES - passed if falling else passed + 1
    order = value.desc() if falling else value.asc()
    worse = ibis.rank().over(ibis.window(order_by=order))
    total = users.count().over(ibis.window())
    return (worse * SCORES) // total + 1


def _table(cells: "pd.DataFrame", arguments: RfmArguments, names: dict[str, Text]) -> "pd.DataFrame":
    """Return rows (segment, users, share, mean_days, mean_events, amount, mean_amount, amount_share)."""
    triples = cells[["r", "f", "m"]].to_numpy()
    cells = cells.assign(
        segment=[name_group(arguments.naming, arguments.high_from, *(int(s) for s in t)) for t in triples]
    )
    sums = cells.groupby("segment")[["users", "days", "events", "amount"]].sum()
    table = sums.reindex([n for n in names if n in sums.index]).reset_index()
    users, total = table["users"], round(float(table["amount"].sum()), PLACES)
    table["users"] = users.astype("int64")
    table["share"] = users / users.sum()
    table["mean_days"] = table.pop("days") / users
    table["mean_events"] = table.pop("events") / users
    table["amount"] = table.pop("amount").astype(float).round(PLACES)
    table["mean_amount"] = table["amount"] / users
    table["amount_share"] = table["amount"] / total if total > 0 else float("nan")
    return table


def _figures(
    scope: Scope, table: "pd.DataFrame", arguments: RfmArguments, names: dict[str, Text]
) -> list[Figure]:
    span, total = str(arguments.dates), int(table["users"].sum())
    figures = [Figure("users", total, "users", Text("参与分群的用户", "users scored"), span, n=total)]
    for row in table.to_dict("records"):
        name, key, n = names[row["segment"]], f"rfm={row['segment']}", int(row["users"])
        figures.append(Figure("segment_users", n, "users", name, span, key, n=n))
        if arguments.property and row["amount_share"] == row["amount_share"]:
            label = Text(f"{name.zh}：金额占比", f"{name.en}: share of the amount")
            figures.append(Figure("amount_share", row["amount_share"], "ratio", label, span, key, n=n))
    if arguments.property:
        unit = amount_unit(scope.semantics, arguments.property)
        label = amount_text(scope.semantics, arguments.property)
        figures.insert(
            1, Figure("amount", round(float(table["amount"].sum()), PLACES), unit, label, span, n=total)
        )
    return figures


def _card(scope: Scope, arguments: RfmArguments, event: str | None) -> list[DefinitionItem]:
    semantics = scope.semantics
    return [
        period_item(arguments.dates),
        item("事件", "event", semantics.event_text(event)),
        item(
            "最近一次（R）",
            "recency (R)",
            Text(
                f"最后一次事件距 {arguments.end} 的天数；{_cuts_text(arguments.recency_cuts, falling=True).zh}",
                f"days from the last event to {arguments.end}; {_cuts_text(arguments.recency_cuts, falling=True).en}",
            ),
        ),
        item(
            "频次（F）",
            "frequency (F)",
            Text(
                f"期内事件次数；{_cuts_text(arguments.frequency_cuts).zh}",
                f"events in the period; {_cuts_text(arguments.frequency_cuts).en}",
            ),
        ),
        item("金额（M）", "monetary (M)", _monetary_text(scope, arguments)),
        item(
            "同值处理",
            "ties",
            Text(
                "数值相同的用户得分相同：得分 = 1 + ⌊5 × 严格更差者占比⌋",
                "equal values score the same: score = 1 + floor(5 x share of users strictly worse)",
            ),
        ),
        item(
            "命名",
            "names",
            naming_text(arguments.naming, arguments.high_from, valued=arguments.property is not None),
        ),
    ]


def _cuts_text(cuts: list[float] | None, *, falling: bool = False) -> Text:
    if cuts is None:
        return Text("五等分，5 分最好", "fifths of the users, 5 the best")
    listed = ", ".join(f"{c:g}" for c in cuts)
    if falling:
        return Text(
            f"切分点 {chinese_list(listed)}（不超过首个得 5 分）",
            f"cut at {listed} (up to the first scores 5)",
        )
    return Text(
        f"切分点 {chinese_list(listed)}（达到末个得 5 分）", f"cut at {listed} (from the last on scores 5)"
    )


def _monetary_text(scope: Scope, arguments: RfmArguments) -> Text:
    if arguments.property is None:
        return Text("未使用", "not used")
    label, cuts = amount_text(scope.semantics, arguments.property), _cuts_text(arguments.monetary_cuts)
    return Text(f"{join_chinese('期内', label.zh)}；{cuts.zh}", f"{label.en} in the period; {cuts.en}")
