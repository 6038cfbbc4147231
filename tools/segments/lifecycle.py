"""Lifecycle: the one state in which each user stands at the end of a day, and how users moved since another day.

By the days since the first and the last event, at the end of the day asked about (0 is that day):

- *new*: the first event ever lies less than `new_days` back;
- else *current*, *reactivated* or *resurrected*: the last event lies less than `active_days` back. What decides
  is for how many days the user had been silent before the first event in these days: fewer than `lapse_days`
  (current), more (reactivated), or `dormant_days` and more (resurrected);
- else *at risk* while it lies less than `dormant_days` back, and *dormant* from then on.

Without `lapse_days`, that is `active_days`: who was at risk comes back reactivated. With 1 day to be new and active,
and 7 to lapse, these are the states of Duolingo's growth model (its two kinds of users at risk taken together).
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from tools.charts import draw_bars
from tools.definitions import EventName, ToolArguments, item, period_item
from tools.errors import InvalidArgument
from tools.intervals import wilson_interval
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis
    import pandas as pd

STATES = {
    "new": Text("新用户", "new"),
    "current": Text("活跃用户", "current"),
    "reactivated": Text("重新活跃（曾有流失风险）", "reactivated (was at risk)"),
    "resurrected": Text("回流（曾沉睡）", "resurrected (was dormant)"),
    "at_risk": Text("有流失风险", "at risk"),
    "dormant": Text("沉睡", "dormant"),
}
NOT_YET = "not_yet"


class LifecycleArguments(ToolArguments):
    """Arguments of `measure_lifecycle`."""

    event: EventName = None
    new_days: int = Field(
        default=7,
        ge=1,
        le=365,
        description="New while the first event is less than this back. 首次事件在此天数内为新用户。",
    )
    active_days: int = Field(
        default=7,
        ge=1,
        le=365,
        description="Active while the last event is less than this back. 末次事件在此天数内为活跃。",
    )
    lapse_days: int | None = Field(
        default=None,
        ge=1,
        le=365,
        description="Back after so many silent days is reactivated; null for active_days. "
        "沉默达到此天数后回来为重新活跃，null 同 active_days。",
    )
    dormant_days: int = Field(
        default=30,
        ge=2,
        le=3650,
        description="Dormant once the last event is this many days back; at risk before. 末次事件达到此天数为沉睡，此前为有流失风险。",
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.dormant_days <= self.active_days:
            raise InvalidArgument(
                en=f"dormant_days ({self.dormant_days}) must be more than active_days ({self.active_days}).",
                zh=f"dormant_days（{self.dormant_days}）须大于 active_days（{self.active_days}）。",
                parameter="dormant_days",
            )
        if self.dormant_days <= self.lapse:
            raise InvalidArgument(
                en=f"dormant_days ({self.dormant_days}) must be more than lapse_days ({self.lapse}).",
                zh=f"dormant_days（{self.dormant_days}）须大于 lapse_days（{self.lapse}）。",
                parameter="dormant_days",
            )
        return self

    @property
    def lapse(self) -> int:
        """Days of silence that make a return a reactivation."""
        return self.lapse_days or self.active_days


def measure_lifecycle(scope: Scope, arguments: LifecycleArguments) -> MetricResult:
    """Put every user ever active into one lifecycle state at the end of `end`, and count the moves since `start`.

    The states add up to all users with the event so far. The columns `from_*` say in which state they were at
    the end of the day before `start` (`not_yet`: had no event by then).
    """
    scope.check_users()
    scope.check(arguments.filters)
    event = arguments.event or scope.semantics.default_event
    warnings = scope.cover(arguments.dates)
    table = _table(scope, arguments, event)
    title = Text("用户生命周期", "User lifecycle")
    return scope.finish(
        "measure_lifecycle",
        arguments,
        title=title,
        card=_card(scope, arguments, event),
        figures=_figures(table, arguments),
        table=table,
        chart=draw_bars(
            table.assign(name=[STATES[s].in_language(scope.language) for s in table["state"]]),
            "name",
            "users",
            title=title,
            axes=(Text("状态", "state"), Text("用户", "users")),
            unit="users",
            language=scope.language,
            lying=True,
        ),
        warnings=warnings,
        n=int(table["users"].sum()),
    )


def _count_moves(scope: Scope, arguments: LifecycleArguments, event: str | None) -> "pd.DataFrame":
    """Count users by their state on two days: rows (before, state, users)."""
    rows = scope.days(event, arguments.filters)
    days = {"before": scope.calendar.bucket(arguments.start, "day") - 1}
    days["state"] = scope.calendar.bucket(arguments.end, "day")
    facts: dict[str, Any] = {}
    for name, day in days.items():
        facts |= _facts(rows, name, day, arguments.active_days)
    users = rows.filter(rows.day <= days["state"]).group_by("user").agg(**facts)
    states = {name: _state(users, name, day, arguments) for name, day in days.items()}
    named = users.select("user", **states)
    return scope.source.engine.fetch(named.group_by("before", "state").agg(users=named.count()))


def _facts(rows: "ibis.Table", name: str, day: int, active_days: int) -> dict[str, Any]:
    """Say of a user, as of a day: first and last active day, the first of the last days, and the last before."""
    edge = day - active_days
    seen, recent = rows.day <= day, (rows.day > edge) & (rows.day <= day)
    return {
        f"{name}_first": rows.day.min(where=seen),
        f"{name}_last": rows.day.max(where=seen),
        f"{name}_back": rows.day.min(where=recent),
        f"{name}_gone": rows.day.max(where=rows.day <= edge),
    }


def _state(users: "ibis.Table", name: str, day: int, arguments: LifecycleArguments) -> Any:
    import ibis

    first, last, back, gone = (users[f"{name}_{fact}"] for fact in ("first", "last", "back", "gone"))
    silence = back - 1 - gone
    return ibis.cases(
        (first.isnull(), NOT_YET),
        (day - first < arguments.new_days, "new"),
        (day - last >= arguments.dormant_days, "dormant"),
        (day - last >= arguments.active_days, "at_risk"),
        (silence >= arguments.dormant_days, "resurrected"),
        (silence >= arguments.lapse, "reactivated"),
        else_="current",
    )


def _table(scope: Scope, arguments: LifecycleArguments, event: str | None) -> "pd.DataFrame":
    """Return rows (state, users, share, users_before, from_<state>...), one per state."""
    moves = _count_moves(scope, arguments, event)
    matrix = moves.pivot_table(index="state", columns="before", values="users", aggfunc="sum", fill_value=0)
    matrix = matrix.reindex(index=list(STATES), columns=[NOT_YET, *STATES], fill_value=0).astype("int64")
    before, total = matrix.sum(), int(matrix.to_numpy().sum())
    table = matrix.add_prefix("from_")
    table.columns.name = None
    users = matrix.sum(axis=1)
    table.insert(0, "users", users)
    table.insert(1, "share", users / total if total else float("nan"))
    table.insert(2, "users_before", [int(before[s]) for s in STATES])
    return table.rename_axis("state").reset_index()


def _figures(table: "pd.DataFrame", arguments: LifecycleArguments) -> list[Figure]:
    total, end = int(table["users"].sum()), str(arguments.end)
    label = Text("累计活跃过的用户", "users ever active")
    figures = [Figure("users", total, "users", label, end, n=total)]
    for row in table.to_dict("records"):
        key, name, count = row["state"], STATES[row["state"]], int(row["users"])
        share = Text(f"{name.zh}占比", f"share {name.en}")
        bounds = wilson_interval(count, total)
        figures.append(Figure(key, count, "users", name, end, n=total))
        if total:
            figures.append(
                Figure(f"share_{key}", count / total, "ratio", share, end, n=total, interval=bounds)
            )
    return figures


def _card(scope: Scope, arguments: LifecycleArguments, event: str | None) -> list[DefinitionItem]:
    new, active, dormant = arguments.new_days, arguments.active_days, arguments.dormant_days
    eve, lapse = arguments.start - timedelta(days=1), arguments.lapse
    return [
        period_item(arguments.dates),
        item("活跃事件", "active means", scope.semantics.event_text(event)),
        item(
            "判定时点",
            "state as of",
            Text(
                f"{arguments.end} 结束时；流转自 {eve} 结束时",
                f"the end of {arguments.end}; moves since the end of {eve}",
            ),
        ),
        item("新用户", "new", Text(f"首次事件距当日不足 {new} 天", f"first event less than {new} days back")),
        item(
            "活跃",
            "current",
            Text(f"末次事件距当日不足 {active} 天", f"last event less than {active} days back"),
        ),
        item(
            "重新活跃",
            "reactivated",
            Text(
                f"活跃，且近 {active} 天内首次出现前一日已有 {lapse} 至 {dormant - 1} 天无事件",
                f"active, but silent for {lapse} to {dormant - 1} days before the first event of the last "
                f"{active} days",
            ),
        ),
        item(
            "回流",
            "resurrected",
            Text(f"同上，但此前已 {dormant} 天或更久无事件", f"the same, silent for {dormant} days or more"),
        ),
        item(
            "有流失风险",
            "at risk",
            Text(
                f"末次事件距当日 {active} 至 {dormant - 1} 天",
                f"last event {active} to {dormant - 1} days back",
            ),
        ),
        item(
            "沉睡",
            "dormant",
            Text(f"末次事件距当日 ≥ {dormant} 天", f"last event {dormant} days back or more"),
        ),
    ]
