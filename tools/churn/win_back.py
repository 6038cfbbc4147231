"""Whom to win back: users who have fallen silent, those worth most first, one by one for readers who may see them.

Others get counts by how long ago users fell silent.
"""

from typing import TYPE_CHECKING

from tools.charts import draw_bars
from tools.churn.arguments import WinBackArguments
from tools.churn.silence import Silence, choose_silence
from tools.churn.warnings import warn_of_access
from tools.definitions import item
from tools.privacy import USER_KEY
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope
from tools.segments.amounts import amount_text, amount_unit, user_amount

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_TITLE = Text("召回名单", "Win-back list")
_BANDS = 4
LIMITS = limits(
    "名单只说明谁沉默了、过去价值多少，不能说明他们会回来，也不能说明召回有效；请随机留出对照组来检验。",
    "The list tells who fell silent and what they were worth; it does not prove that they would return, nor that winning "
    "back works: hold out a random control group to know.",
)


def list_win_back(scope: Scope, arguments: WinBackArguments) -> MetricResult:
    """List or count the users who are silent at the end of the period, after having been active in it.

    Silent is no event for the days that are churn, up to `end` or the last whole day of the data.
    """
    scope.check_users()
    scope.check(arguments.filters)
    warnings = list(scope.cover(arguments.dates))
    event = arguments.event or scope.semantics.default_event
    last = scope.calendar.bucket(min(arguments.end, scope.source.coverage.complete_through), "day")
    silence = choose_silence(scope, event, arguments.filters, last, arguments.silence_days, windows=0)
    users = _find_silent(scope, arguments, event, silence.days, last)
    counts = _count(scope, users, silence.days)
    table = _list(scope, users, arguments) if scope.shows_users else counts
    table = table if arguments.property else table.drop(columns="amount")
    return scope.finish(
        "list_win_back",
        arguments,
        title=_TITLE,
        card=_card(scope, arguments, event, silence),
        figures=_figures(scope, arguments, counts),
        table=table,
        chart=draw_bars(
            counts,
            "days_silent",
            "users",
            title=_TITLE,
            axes=(Text("沉默天数", "days silent"), Text("用户", "users")),
            unit="users",
            language=scope.language,
        ),
        warnings=[*silence.warnings, *([] if scope.shows_users else [warn_of_access(scope)]), *warnings],
        n=int(counts["users"].sum()),
    )


def _find_silent(
    scope: Scope, arguments: WinBackArguments, event: str | None, silence: int, last: int
) -> "ibis.Table":
    """Return rows (user, days_silent, active_days, amount)."""
    import ibis

    rows = scope.days(None, arguments.filters)
    rows = rows.filter(rows.day <= last)
    names = scope.recorded_names(event)
    active = ibis.literal(True) if names is None else rows.event.isin(list(names))
    amount = user_amount(scope, rows, arguments.property, active) if arguments.property else ibis.literal(0.0)
    users = rows.group_by("user").agg(
        days_silent=last - rows.day.max(where=active),
        active_days=rows.day.nunique(where=active),
        amount=amount,
    )
    first = scope.calendar.bucket(arguments.start, "day")
    return users.filter(
        (users.days_silent >= silence)
        & (users.days_silent <= last - first)
        & (users.active_days >= arguments.min_active_days)
    )


def _count(scope: Scope, users: "ibis.Table", silence: int) -> "pd.DataFrame":
    """Return rows (days_silent, users, amount): by multiples of the silence, the last open."""
    import ibis

    band = ibis.least((users.days_silent // silence).cast("int64"), ibis.literal(_BANDS, "int64"))
    found: pd.DataFrame = scope.source.engine.fetch(
        users.group_by(band=band).agg(users=users.count(), amount=users.amount.sum().round(2))
    ).sort_values("band")
    labels = [
        f"≥ {b * silence}" if b == _BANDS else f"{b * silence}-{(b + 1) * silence - 1}" for b in found["band"]
    ]
    return (
        found.drop(columns="band")
        .assign(days_silent=labels)[["days_silent", "users", "amount"]]
        .reset_index(drop=True)
    )


def _list(scope: Scope, users: "ibis.Table", arguments: WinBackArguments) -> "pd.DataFrame":
    """Return rows (user, days_silent, active_days, amount), the most valuable and latest first."""
    order = [users.amount.desc(), users.active_days.desc(), users.days_silent, users.user]
    first: pd.DataFrame = scope.source.engine.fetch(users.order_by(order).limit(arguments.limit))
    first = first.sort_values(
        ["amount", "active_days", "days_silent", "user"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    return first.assign(**{USER_KEY: scope.user_keys(first["user"].tolist())})


def _figures(scope: Scope, arguments: WinBackArguments, counts: "pd.DataFrame") -> list[Figure]:
    n, span = int(counts["users"].sum()), str(arguments.dates)
    figures = [Figure("win_back_users", n, "users", Text("可召回用户", "users to win back"), span)]
    if arguments.property:
        unit, told = (
            amount_unit(scope.semantics, arguments.property),
            amount_text(scope.semantics, arguments.property),
        )
        label = Text(f"他们以往的 {told.zh}", f"their {told.en} so far")
        figures.append(Figure("past_amount", float(counts["amount"].sum()), unit, label, span, n=n))
    return figures


def _card(
    scope: Scope, arguments: WinBackArguments, event: str | None, silence: Silence
) -> list[DefinitionItem]:
    worth = Text("活跃天数", "active days")
    if arguments.property:
        told = amount_text(scope.semantics, arguments.property)
        worth = Text(f"{told.zh}，其次活跃天数", f"{told.en}, then active days")
    span = arguments.dates.text()
    return [
        item(
            "召回对象",
            "whom to win back",
            Text(
                f"{span.zh} 内最后一次活跃，至少活跃 {arguments.min_active_days} 天，且沉默 ≥ {silence.days} 天（{silence.reason.zh}）",
                f"last active within {span.en}, active on {arguments.min_active_days} days or more, and silent for "
                f"{silence.days} days or more ({silence.reason.en})",
            ),
        ),
        item("活跃事件", "active means", scope.semantics.event_text(event)),
        item("排序", "order", worth),
        LIMITS,
    ]
