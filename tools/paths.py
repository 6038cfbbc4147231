"""Paths: what users do after an event, or before it, and where they go round in circles.

A path runs through one session: from the first time that the event is done in it, or up to the last time, as in
PostHog's user paths (posthog.com/docs/product-analytics/paths) and Mixpanel's flows. A loop is to leave an event
for another one and to come straight back.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.errors import InvalidArgument, show
from tools.funnel_definition import FunnelDefinition
from tools.path_arguments import PathArguments
from tools.results import DefinitionItem, Figure, MetricResult, Text, join_chinese
from tools.scope import Scope
from tools.sessions import cut_sessions
from tools.trails import Trails, count_loops, count_paths, follow_trails

if TYPE_CHECKING:
    import pandas as pd

_MOST_BARS, _MOST_FIGURES = 15, 5


def measure_paths(scope: Scope, arguments: PathArguments) -> MetricResult:
    """Count the most frequent paths from or to an event, and the loops in the same sessions."""
    scope.check_users()
    scope.check(arguments.filters)
    anchors, shown = _resolve(scope, arguments)
    warnings = list(scope.cover(arguments.dates))
    sessions = cut_sessions(
        scope,
        arguments.dates,
        FunnelDefinition((), arguments.session_gap).span,
        filters=arguments.filters,
        shown=shown,
        collapse_repeats=arguments.collapse_repeats,
    )
    trails = follow_trails(sessions, anchors, arguments.direction, arguments.max_steps)
    paths = count_paths(sessions, trails, backwards=arguments.direction == "to")
    loops = count_loops(sessions, trails)
    table, hidden = _tabulate(arguments, paths, loops, len(trails.users))
    title = _title(scope, arguments)
    return scope.finish(
        "measure_paths",
        arguments,
        title=title,
        card=_card(scope, arguments),
        figures=_figures(scope, arguments, trails, table),
        table=table,
        chart=_chart(scope, table, title),
        warnings=[*warnings, *hidden],
        n=len(trails.users),
    )


def _resolve(scope: Scope, arguments: PathArguments) -> tuple[frozenset[str] | None, frozenset[str]]:
    """Return the recorded names of the event, and those that paths show.

    Raises:
        InvalidArgument: an event is unknown, or the one asked about is not shown.
    """

    def recorded(events: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(scope.recorded_names(event) or () for event in events))

    shown = recorded(arguments.only) if arguments.only else frozenset(scope.source.event_counts)
    shown -= recorded(arguments.hide)
    anchors = None if arguments.event is None else recorded([arguments.event])
    if not shown or (anchors is not None and not anchors & shown):
        event = show(arguments.event or "-")
        raise InvalidArgument(
            en=f"event {event} is not among the events shown; change only or hide.",
            zh=f"事件 {event} 不在显示的事件之中，请修改 only 或 hide。",
            parameter="hide" if arguments.hide else "only",
        )
    return anchors, shown


def _tabulate(
    arguments: PathArguments, paths: "pd.DataFrame", loops: "pd.DataFrame", total: int
) -> tuple["pd.DataFrame", list[Text]]:
    """Return rows (kind, path, events, users, occurrences, share, ended), and what is said of those not shown.

    `share` is of the sessions with a path; `ended` says that a path ends, or begins, with its session.
    """
    import pandas as pd

    paths = paths.assign(kind="path", share=paths["occurrences"] / total if total else None)
    paths = paths.assign(ended=paths["events"] < arguments.max_steps)
    loops = loops.assign(kind="loop", share=loops["sessions"] / total if total else None, ended=None)
    few = paths[paths["users"] < arguments.min_users]
    parts = [part[part["users"] >= arguments.min_users].head(arguments.top) for part in (paths, loops)]
    columns = ["kind", "path", "events", "users", "occurrences", "share", "ended"]
    records = [row for part in parts for row in part[columns].to_dict("records")]
    table = pd.DataFrame(records, columns=columns)
    table["path"] = [" → ".join(path) for path in table["path"]]
    if few.empty:
        return table, []
    n, share = f"{len(few):,}", f"{few['occurrences'].sum() / total:.1%}"
    least = arguments.min_users
    return table, [
        Text(
            zh=f"有 {n} 种路径的用户少于 {least} 人，未显示；合计占 {share}。",
            en=f"{n} paths of fewer than {least} users are not shown; together they are {share}.",
        )
    ]


def _title(scope: Scope, arguments: PathArguments) -> Text:
    if arguments.event is None:
        beginning, end = (
            Text("会话开头的路径", "Paths from the start of sessions"),
            Text("会话结尾的路径", "Paths to the end of sessions"),
        )
        return beginning if arguments.direction == "from" else end
    name = scope.semantics.event_text(arguments.event)
    if arguments.direction == "from":
        return Text(zh=join_chinese(name.zh, "之后的路径"), en=f"Paths from {name.en}")
    return Text(zh=join_chinese("到达", name.zh, "的路径"), en=f"Paths to {name.en}")


def _figures(scope: Scope, arguments: PathArguments, trails: Trails, table: "pd.DataFrame") -> list[Figure]:
    import numpy as np

    span, n = str(arguments.dates), len(trails.users)
    people = len(np.unique(trails.users))
    figures = [
        Figure("paths", n, "paths", Text("路径数（会话）", "paths, one per session"), span),
        Figure("path_users", people, "users", Text("有路径的用户", "users with a path"), span),
    ]
    for step in range(arguments.max_steps - 1):
        reached, onward = (int((trails.codes[:, k] >= 0).sum()) for k in (step, step + 1))
        if reached:
            figures.append(_drop_off(arguments, step + 1, reached, onward))
    for kind, text in (
        ("path", Text("占比", "share of")),
        ("loop", Text("循环占比", "share of sessions with loop")),
    ):
        for row in table[table["kind"] == kind].head(_MOST_FIGURES).to_dict("records"):
            path = _path_text(scope, row["path"])
            label = Text(f"{path.zh}：{text.zh}", f"{text.en} {path.en}")
            figures.append(Figure(f"{kind}_share", row["share"], "ratio", label, span, n=n))
    return figures


def _drop_off(arguments: PathArguments, step: int, reached: int, onward: int) -> Figure:
    label = Text(f"第 {step} 步后离开的比例", f"drop-off after step {step}")
    if arguments.direction == "to":
        before = f"{step - 1} event{'s' if step > 2 else ''} before it"
        label = Text(
            f"在该事件前第 {step - 1} 个事件处开始的比例" if step > 1 else "以该事件开始的比例",
            f"share that begins {before if step > 1 else 'with the event itself'}",
        )
    return Figure(
        f"step_{step}_drop_off", 1 - onward / reached, "ratio", label, str(arguments.dates), n=reached
    )


def _path_text(scope: Scope, path: str) -> Text:
    names = [scope.semantics.event_text(event) for event in path.split(" → ")]
    return Text(" → ".join(n.zh for n in names), " → ".join(n.en for n in names))


def _chart(scope: Scope, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    drawn = table[table["kind"] == "path"].head(_MOST_BARS)
    labels = [_path_text(scope, path).in_language(scope.language) for path in drawn["path"]]
    return draw_bars(
        drawn.assign(name=labels),
        "name",
        "users",
        title=title,
        axes=(Text("路径", "path"), Text("用户", "users")),
        unit="users",
        language=scope.language,
        lying=True,
    )


def _card(scope: Scope, arguments: PathArguments) -> list[DefinitionItem]:
    gap = FunnelDefinition((), arguments.session_gap).window_text()
    anchor = _title(scope, arguments)
    which = Text("每个会话取第一次", "the first time in a session")
    if arguments.direction == "to":
        which = Text("每个会话取最后一次", "the last time in a session")

    def listed(events: list[str], none: Text) -> Text:
        names = [scope.semantics.event_text(event) for event in events]
        return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names)) if names else none

    repeats = Text("连续重复合并为一次", "one where an event follows itself")
    if not arguments.collapse_repeats:
        repeats = Text("逐次计入", "each counts")
    return [
        period_item(arguments.dates, "事件时间", "events in"),
        item("路径", "paths", Text(f"{anchor.zh}；{which.zh}", f"{anchor.en}; {which.en}")),
        item("最多事件数", "most events", str(arguments.max_steps)),
        item(
            "会话",
            "session",
            Text(
                f"间隔超过 {gap.zh.split('（')[0]}即结束",
                f"ends after a pause of more than {gap.en.split(',')[0]}",
            ),
        ),
        item("重复事件", "repeats", repeats),
        item("只看事件", "only events", listed(arguments.only, Text("全部", "all"))),
        item("隐藏事件", "hidden events", listed(arguments.hide, Text("无", "none"))),
        item(
            "同一时刻的事件",
            "events at the same instant",
            Text("按事件名排序", "in the order of their names"),
        ),
        item("占比", "share", Text("占有路径的会话", "of the sessions with a path")),
        item(
            "循环",
            "loop",
            Text("离开一个事件后紧接着回到它（A→B→A）", "to leave an event and come straight back (A→B→A)"),
        ),
        item(
            "显示下限",
            "shown from",
            Text(f"至少 {arguments.min_users} 名用户", f"{arguments.min_users} users on"),
        ),
    ]
