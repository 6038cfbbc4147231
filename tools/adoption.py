"""Feature adoption: which share of the active users uses a feature, since when, and how often.

Adoption is users of the feature / active users of the same period, as in Mixpanel's guide to feature adoption
and Pendo's; only active users count above the line, so that it lies within 0 to 1. A new adopter used the
feature in the period for the first time in the whole data. Frequency is per adopter.
"""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import EventName, ToolArguments, item, period_item
from tools.intervals import wilson_interval
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope, within

if TYPE_CHECKING:
    import ibis
    import pandas as pd


class FeatureAdoptionArguments(ToolArguments):
    """Arguments of `measure_feature_adoption`."""

    events: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=20,
            description="Events that mean a use of a feature, one per feature. 各功能的使用事件，每个功能一个。",
        ),
    ]
    event: EventName = None


def measure_feature_adoption(scope: Scope, arguments: FeatureAdoptionArguments) -> MetricResult:
    """Measure, per feature, its share of active users, its new users, and uses and days per user.

    `event` is what makes a user active, the denominator.
    """
    active_event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters)
    warnings = list(scope.cover(arguments.dates))
    days = within(scope.days(active_event, arguments.filters), arguments.dates, scope.calendar)
    active = days.select("user").distinct()
    total = int(scope.source.engine.fetch_row(active.agg(n=active.count()))["n"])
    features = list(dict.fromkeys(arguments.events))
    table = _table(scope, arguments, features, active, total)
    title = Text(zh="功能采用", en="Feature adoption")
    names = [scope.semantics.event_text(f).in_language(scope.language) for f in table["event"]]
    return scope.finish(
        "measure_feature_adoption",
        arguments,
        title=title,
        card=[
            period_item(arguments.dates),
            item("活跃事件", "active means", scope.semantics.event_text(active_event)),
            item(
                "采用率",
                "adoption",
                Text(
                    zh="期内使用过该功能的活跃用户 ÷ 期内活跃用户",
                    en="active users who used the feature in the period / active users of the period",
                ),
            ),
            item(
                "新采用",
                "new adopters",
                Text(
                    zh="首次使用（回看全部历史数据）落在期内的用户",
                    en="users whose first use in the whole data is in the period",
                ),
            ),
            item(
                "频率",
                "frequency",
                Text(
                    zh="每名采用者的使用次数与使用天数（本地日）", en="uses and local days of use per adopter"
                ),
            ),
        ],
        figures=_figures(scope, table, total, str(arguments.dates)),
        table=table,
        chart=draw_bars(
            table.assign(name=names),
            "name",
            "adoption",
            title=title,
            axes=(Text("功能", "feature"), Text("采用率", "adoption")),
            unit="ratio",
            language=scope.language,
            lying=True,
        ),
        warnings=warnings,
        n=total,
    )


def _table(
    scope: Scope, arguments: FeatureAdoptionArguments, features: list[str], active: "ibis.Table", total: int
) -> "pd.DataFrame":
    """Return one row per feature, the most adopted first.

    Columns: event, users, adoption, new_users, uses, mean_uses, median_uses, mean_days, median_days.
    """
    import pandas as pd

    rows = []
    for feature in features:
        users = _count_uses(scope, arguments, feature, active)
        uses, days = (users[c].repeat(users["users"].tolist()) for c in ("uses", "days"))
        rows.append(
            {
                "event": feature,
                "users": len(uses),
                "adoption": len(uses) / total if total else None,
                "new_users": int(users.loc[users["is_new"], "users"].sum()),
                "uses": int(uses.sum()),
                "mean_uses": uses.mean(),
                "median_uses": uses.median(),
                "mean_days": days.mean(),
                "median_days": days.median(),
            }
        )
    table = pd.DataFrame(rows).astype({"adoption": float})
    return table.sort_values("users", ascending=False, kind="stable", ignore_index=True)


def _count_uses(
    scope: Scope, arguments: FeatureAdoptionArguments, feature: str, active: "ibis.Table"
) -> "pd.DataFrame":
    """Return rows (uses, days, is_new, users): how many active users used it so often, on so many days."""
    calendar = scope.calendar
    first, last = (calendar.bucket(d, "day") for d in (arguments.start, arguments.end))
    rows = scope.days(feature, arguments.filters)
    rows = rows.filter(rows.day <= last)
    inside = rows.day >= first
    users = rows.group_by("user").agg(
        uses=rows.events.sum(where=inside), days=rows.day.nunique(where=inside), since=rows.day.min()
    )
    users = users.filter(users.uses > 0).semi_join(active, "user")
    users = users.mutate(is_new=users.since >= first)
    counted = users.group_by("uses", "days", "is_new").agg(users=users.count())
    return scope.source.engine.fetch(counted).astype({"uses": "int64", "days": "int64", "is_new": bool})


def _figures(scope: Scope, table: "pd.DataFrame", total: int, span: str) -> list[Figure]:
    figures = []
    for row in table.to_dict("records"):
        name, users, segment = scope.semantics.event_text(row["event"]), row["users"], f"event={row['event']}"
        known = users > 0
        shown = [
            ("adoption", row["adoption"] if total else None, "ratio", Text("采用率", "adoption"), total),
            ("new_adopters", row["new_users"], "users", Text("新采用用户", "new adopters"), users),
            ("mean_uses", row["mean_uses"], "events", Text("人均使用次数", "mean uses per adopter"), users),
            (
                "median_uses",
                row["median_uses"],
                "events",
                Text("使用次数中位数", "median uses per adopter"),
                users,
            ),
            (
                "mean_days",
                row["mean_days"],
                "days",
                Text("人均使用天数", "mean days used per adopter"),
                users,
            ),
        ]
        for figure, value, unit, label, n in shown:
            text = Text(zh=f"{name.zh}：{label.zh}", en=f"{name.en}: {label.en}")
            bounds = wilson_interval(users, total) if figure == "adoption" else None
            held = value if known or figure in ("adoption", "new_adopters") else None
            figures.append(Figure(figure, held, unit, text, span, segment, n=n, interval=bounds))
    return figures
