"""The persona of a segment: in which values, behaviours and amounts it differs most from everybody else.

Index is the share in the segment over the share in the rest (of means likewise). Shares are compared by the
pooled two-proportion z test, means by Welch's t test, both two-sided; q-values are Benjamini and Hochberg's
(1995) over all traits that are compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import ToolArguments, item, period_item
from tools.errors import NoData, show
from tools.results import DefinitionItem, Figure, MetricResult, Text, join_chinese
from tools.scope import Scope, first_values, within
from tools.segments.amounts import amount_text, user_amount
from tools.segments.comparison import compare_means, compare_shares
from tools.segments.selection import as_of_day, find_segment, find_segment_members
from tools.segments.wording import describe_rule
from tools.semantics import Semantics

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_SHOWN = 15
_SIGNIFICANT = 0.05
KIND_TEXT = {
    "dimension": Text("维度", "dimension"),
    "behaviour": Text("行为", "behaviour"),
    "activity": Text("活跃度", "activity"),
    "spend": Text("消费", "spend"),
}
_MEANS = {"days": Text("活跃天数", "active days"), "events": Text("事件数", "events")}


class PersonaArguments(ToolArguments):
    """Arguments of `describe_segment`."""

    segment: str = Field(description="Name of a segment in metrics.yaml. metrics.yaml 中的人群（标签）名。")
    min_users: int = Field(
        default=10,
        ge=1,
        le=1_000_000,
        description="Traits of fewer users, segment and rest together, are left out. 人群与其余合计少于此数的特征不列出。",
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """The rows of a period's users, told apart by membership, and how many users are on either side."""

    rows: "ibis.Table"
    members: int
    others: int


def describe_segment(scope: Scope, arguments: PersonaArguments) -> MetricResult:
    """Set the users of a segment who are active in the period against all other active users, trait by trait.

    Traits are the values of every dimension (a user's first in the period), whether a user did each event, and
    per user the active days, events and summed properties. Those that differ most surely come first.
    """
    scope.check_users()
    scope.check(arguments.filters)
    warnings = list(scope.cover(arguments.dates))
    sides = _sides(scope, arguments)
    traits = [*_dimension_rows(scope, sides), *_event_rows(scope, sides)]
    kept = [t for t in traits if t["segment_users"] + t["rest_users"] >= arguments.min_users]
    if len(kept) < len(traits):
        count = len(traits) - len(kept)
        warnings.append(
            Text(
                f"有 {count} 个特征的用户少于 {arguments.min_users} 人，未列出。",
                f"{count} traits that fewer than {arguments.min_users} users have are left out.",
            )
        )
    table = _rank([*kept, *_mean_rows(scope, sides)])
    name = scope.semantics.segment_text(arguments.segment)
    title = Text(f"人群画像：{name.zh}", f"Persona of segment: {name.en}")
    return scope.finish(
        "describe_segment",
        arguments,
        title=title,
        card=_card(scope, arguments),
        figures=_figures(scope, arguments, sides, table),
        table=table,
        chart=_chart(scope, table, title),
        warnings=warnings,
        n=sides.members + sides.others,
    )


def _sides(scope: Scope, arguments: PersonaArguments) -> _Sides:
    definition = find_segment(scope, arguments.segment)
    members = find_segment_members(scope, definition, arguments)
    rows = within(scope.days(None, arguments.filters), arguments.dates, scope.calendar)
    rows = rows.inner_join(members.select("user", "member"), "user")
    users = rows.select("user", "member").distinct()
    counts = scope.source.engine.fetch(users.group_by("member").agg(users=users.count()))
    sizes = {bool(m): int(n) for m, n in counts.to_numpy()}
    inside, outside = sizes.get(True, 0), sizes.get(False, 0)
    if inside and outside:
        return _Sides(rows, inside, outside)
    name, span = show(arguments.segment), arguments.dates.text()
    raise NoData(
        en=f"Of {outside + inside} users active in {span.en}, {inside} are in segment {name} as of "
        f"{as_of_day(definition, arguments)}: there are no two sides to compare.",
        zh=f"{span.zh} 活跃的 {outside + inside} 名用户中有 {inside} 名用户属于人群 {name}"
        f"（截至 {as_of_day(definition, arguments)}），无法与其余用户对比。",
        parameter="segment",
    )


def _dimension_rows(scope: Scope, sides: _Sides) -> list[dict]:
    found = []
    for dimension in scope.source.dimensions:
        starts = sides.rows.group_by("user", "member").agg(at=sides.rows["at"].min())
        users = first_values(sides.rows, starts, [dimension])
        counted = users.group_by("member", value=f"d_{dimension}").agg(users=users.count())
        found += _share_rows(scope, sides, counted, "dimension", dimension)
    return found


def _event_rows(scope: Scope, sides: _Sides) -> list[dict]:
    done = sides.rows.select("user", "member", "event").distinct()
    counted = done.group_by("member", value=done.event).agg(users=done.count())
    return _share_rows(scope, sides, counted, "behaviour", "event")


def _share_rows(scope: Scope, sides: _Sides, counted: "ibis.Table", kind: str, trait: str) -> list[dict]:
    cells = scope.source.engine.fetch(counted)
    wide = cells.pivot_table(index="value", columns="member", values="users", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=[True, False], fill_value=0).sort_index()
    rows = []
    for value, inside, outside in zip(wide.index, wide[True], wide[False], strict=True):
        pvalue = compare_shares(int(inside), sides.members, int(outside), sides.others)
        shares = {"segment": inside / sides.members, "rest": outside / sides.others, "pvalue": pvalue}
        users = {"segment_users": int(inside), "rest_users": int(outside)}
        rows.append({"kind": kind, "trait": trait, "value": value, **shares, **users})
    return rows


def _mean_rows(scope: Scope, sides: _Sides) -> list[dict]:
    """Compare per-user means: active days, events, and every summed property."""
    rows = sides.rows
    properties = [c for c in rows.columns if c.startswith("p_")]
    sums = {c: user_amount(scope, rows, c.removeprefix("p_")) for c in properties}
    users = rows.group_by("user", "member").agg(days=rows.day.nunique(), events=rows.events.sum(), **sums)
    names = ["days", "events", *properties]
    moments = {f"mean_{c}": users[c].cast("float64").mean() for c in names}
    moments |= {f"var_{c}": users[c].cast("float64").var(how="sample") for c in names}
    fetched = scope.source.engine.fetch(users.group_by("member").agg(**moments))
    by_side = {bool(row["member"]): row for row in fetched.to_dict("records")}
    found = []
    for name in names:
        (mean, spread), (other, other_spread) = (_moments(by_side[side], name) for side in (True, False))
        pvalue = compare_means(mean, spread, sides.members, other, other_spread, sides.others)
        kind, trait = ("spend", name[2:]) if name.startswith("p_") else ("activity", name)
        users_of = {"segment_users": sides.members, "rest_users": sides.others}
        found.append(
            {"kind": kind, "trait": trait, "value": "mean", "segment": mean, "rest": other, "pvalue": pvalue}
            | users_of
        )
    return found


def _moments(row: Mapping, name: str) -> tuple[float, float]:
    """Read a mean and a variance, the same in whatever order an engine adds: twelve figures, and no trace of a spread."""
    mean, spread = (float(f"{row[f'{part}_{name}']:.12g}") for part in ("mean", "var"))
    return mean, 0.0 if spread < 1e-14 * mean * mean else spread


def _rank(rows: list[dict]) -> "pd.DataFrame":
    """Return rows (kind, trait, value, segment, rest, index, pvalue, qvalue, segment_users, rest_users)."""
    import numpy as np
    import pandas as pd
    from scipy.stats import false_discovery_control

    table = pd.DataFrame(rows)
    table["index"] = table["segment"] / table["rest"].where(table["rest"] != 0)
    table["qvalue"] = np.nan
    tested = table["pvalue"].notna()
    table.loc[tested, "qvalue"] = false_discovery_control(table.loc[tested, "pvalue"])
    distance = np.log(table["index"].where(table["index"] > 0)).abs().fillna(np.inf)
    # A trait that nobody else has is further away than any.
    order = table.assign(distance=-distance).sort_values(
        ["qvalue", "distance", "kind", "trait", "value"], kind="stable", na_position="last"
    )
    columns = ["kind", "trait", "value", "segment", "rest", "index", "pvalue", "qvalue"]
    return order[[*columns, "segment_users", "rest_users"]].reset_index(drop=True)


def trait_names(semantics: Semantics, kind: str, trait: str, value: str) -> tuple[Text, Text]:
    """Name a trait and its value as people do: channel and Douyin, event and payment, active days and mean."""
    if kind == "dimension":
        return semantics.dimension_text(trait), semantics.value_text(trait, value)
    if kind == "behaviour":
        return Text("做过", "did"), semantics.event_text(value)
    return _MEANS.get(trait) or amount_text(semantics, trait), Text("人均", "mean per user")


def _trait_text(scope: Scope, kind: str, trait: str, value: str) -> Text:
    if kind == "dimension":
        return scope.segment_text(trait, value)
    if kind == "behaviour":
        text = scope.semantics.event_text(value)
        return Text(join_chinese("做过", text.zh), f"did “{text.en}”")
    text = _MEANS.get(trait) or amount_text(scope.semantics, trait)
    return Text(join_chinese("人均", text.zh), f"{text.en} per user")


def _figures(scope: Scope, arguments: PersonaArguments, sides: _Sides, table: "pd.DataFrame") -> list[Figure]:
    span, total = str(arguments.dates), sides.members + sides.others
    figures = [
        Figure(
            "members",
            sides.members,
            "users",
            Text("人群中的活跃用户", "active users in the segment"),
            span,
            n=total,
        ),
        Figure("others", sides.others, "users", Text("其余活跃用户", "other active users"), span, n=total),
    ]
    sure = table[(table["qvalue"] <= _SIGNIFICANT) & table["index"].notna()]
    for row in sure.head(_SHOWN).to_dict("records"):
        text = _trait_text(scope, row["kind"], row["trait"], row["value"])
        label = Text(f"{text.zh}：指数（人群 ÷ 其余）", f"{text.en}: index (segment / rest)")
        n = int(row["segment_users"] + row["rest_users"])
        figures.append(
            Figure("index", row["index"], "multiple", label, span, f"{row['trait']}={row['value']}", n=n)
        )
    return figures


def _chart(scope: Scope, table: "pd.DataFrame", title: Text) -> dict:
    shown = table[table["index"].notna()].head(_SHOWN)
    names = [
        _trait_text(scope, *row).in_language(scope.language)
        for row in shown[["kind", "trait", "value"]].itertuples(index=False, name=None)
    ]
    return draw_bars(
        shown.assign(name=names),
        "name",
        "index",
        title=title,
        axes=(Text("特征", "trait"), Text("指数（1 为与其余相同）", "index (1 is as the rest)")),
        unit="multiple",
        language=scope.language,
        lying=True,
    )


def _card(scope: Scope, arguments: PersonaArguments) -> list[DefinitionItem]:
    definition = find_segment(scope, arguments.segment)
    day = as_of_day(definition, arguments)
    return [
        period_item(arguments.dates),
        item("人群", "segment", scope.semantics.segment_text(arguments.segment)),
        item("规则", "rule", describe_rule(scope.semantics, definition.rule)),
        item("判定时点", "decided as of", Text(f"{day} 结束时", f"the end of {day}")),
        item("对比", "against", Text("期内其余活跃用户", "all other users active in the period")),
        item(
            "维度取值",
            "values",
            Text("用户在期内首次事件时的值", "the user's at the first event of the period"),
        ),
        item(
            "指数",
            "index",
            Text("人群占比（或均值）÷ 其余占比（或均值）", "share (or mean) in the segment / in the rest"),
        ),
        item(
            "检验",
            "test",
            Text(
                "占比用合并双比例 z 检验，均值用 Welch t 检验，q 值为 Benjamini–Hochberg 校正",
                "pooled two-proportion z test for shares, Welch's t test for means; q by Benjamini and Hochberg",
            ),
        ),
        item("最少用户", "fewest users", str(arguments.min_users)),
    ]
