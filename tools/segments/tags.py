"""The size of a saved segment, or of a rule before it is saved, and who came and went over a period."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from tools.charts import draw_bars
from tools.definitions import ToolArguments, item, period_item
from tools.errors import InvalidArgument
from tools.intervals import wilson_interval
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope
from tools.segments.membership import find_members
from tools.segments.rules import Rule
from tools.segments.selection import find_segment
from tools.segments.wording import describe_rule

if TYPE_CHECKING:
    import pandas as pd

MOVES = {
    "stayed": Text("一直在内", "stayed in"),
    "entered": Text("新进入", "entered"),
    "left": Text("已离开", "left"),
    "outside": Text("一直不在", "stayed out"),
}


class SegmentArguments(ToolArguments):
    """Arguments of `measure_segment`."""

    segment: str | None = Field(
        default=None, description="Name of a segment in metrics.yaml. metrics.yaml 中的人群（标签）名。"
    )
    rule: Rule | None = Field(
        default=None,
        description='A rule to try before it is saved, e.g. {"count": "purchase", "days": 30, "at_least": 3}. '
        "保存之前先试算的规则。",
    )

    @model_validator(mode="after")
    def _check_choice(self) -> Self:
        if (self.segment is None) == (self.rule is None):
            raise InvalidArgument(
                en="Give either segment (a saved one) or rule (one to try).",
                zh="请在 segment（已保存的人群）与 rule（试算的规则）中恰好给出一个。",
                parameter="segment",
            )
        return self


def measure_segment(scope: Scope, arguments: SegmentArguments) -> MetricResult:
    """Count the users who fit a segment at the end of `end`, and compare with the end of the day before `start`.

    Users are those with any event up to the day. members = stayed + entered, members before = stayed + left.
    """
    scope.check_users()
    scope.check(arguments.filters)
    rule = arguments.rule or find_segment(scope, str(arguments.segment)).rule
    warnings = scope.cover(arguments.dates)
    table = _table(scope, arguments, rule)
    counts = dict(zip(table["move"], table["users"], strict=True))
    name = scope.semantics.segment_text(arguments.segment) if arguments.segment else Text("规则", "the rule")
    title = Text(zh=f"人群规模：{name.zh}", en=f"Size of segment: {name.en}")
    return scope.finish(
        "measure_segment",
        arguments,
        title=title,
        card=_card(scope, arguments, rule),
        figures=_figures(counts, arguments),
        table=table,
        chart=draw_bars(
            table.assign(name=[MOVES[m].in_language(scope.language) for m in table["move"]]),
            "name",
            "users",
            title=title,
            axes=(Text("变动", "move"), Text("用户", "users")),
            unit="users",
            language=scope.language,
        ),
        warnings=warnings,
        n=int(table["users"].sum()),
    )


def _table(scope: Scope, arguments: SegmentArguments, rule: Rule) -> "pd.DataFrame":
    """Return rows (move, users, share), one per move, users seen up to the end only."""
    import pandas as pd

    calendar = scope.calendar
    first, last = calendar.bucket(arguments.start, "day") - 1, calendar.bucket(arguments.end, "day")
    before, after = (find_members(scope, rule, day, arguments.filters) for day in (first, last))
    # Somebody who was never seen was in no segment yet, even if the rule asks for nothing.
    then = before.select("user", before=before.member & before.seen)
    users = after.filter("seen").inner_join(then, "user")
    counts = scope.source.engine.fetch(users.group_by("before", "member").agg(users=users.count()))
    states = {(bool(b), bool(m)): int(n) for b, m, n in counts[["before", "member", "users"]].to_numpy()}
    order = {
        "stayed": (True, True),
        "entered": (False, True),
        "left": (True, False),
        "outside": (False, False),
    }
    table = pd.DataFrame({"move": list(order), "users": [states.get(pair, 0) for pair in order.values()]})
    total = int(table["users"].sum())
    table["share"] = table["users"] / total if total else float("nan")
    return table


def _figures(counts: dict[str, int], arguments: SegmentArguments) -> list[Figure]:
    total = sum(counts.values())
    members, before = counts["stayed"] + counts["entered"], counts["stayed"] + counts["left"]
    end, eve, span = str(arguments.end), str(arguments.start - timedelta(days=1)), str(arguments.dates)
    share = members / total if total else None
    labels = {
        "members": Text("人群人数", "users in the segment"),
        "share": Text("占全部用户的比例", "share of all users"),
        "members_before": Text(f"人群人数（截至 {eve}）", f"users in the segment as of {eve}"),
    }
    return [
        Figure("members", members, "users", labels["members"], end, n=total),
        Figure(
            "share", share, "ratio", labels["share"], end, n=total, interval=wilson_interval(members, total)
        ),
        Figure("members_before", before, "users", labels["members_before"], eve),
        *(Figure(m, counts[m], "users", MOVES[m], span, n=total) for m in ("entered", "left")),
    ]


def _card(scope: Scope, arguments: SegmentArguments, rule: Rule) -> list[DefinitionItem]:
    eve: date = arguments.start - timedelta(days=1)
    return [
        period_item(arguments.dates),
        item("规则", "rule", describe_rule(scope.semantics, rule)),
        item(
            "判定时点",
            "decided as of",
            Text(
                zh=f"{arguments.end} 结束时；与 {eve} 结束时相比",
                en=f"the end of {arguments.end}, compared with the end of {eve}",
            ),
        ),
        item("分母", "denominator", Text("截至当日有过任何事件的用户", "users with any event up to the day")),
    ]
