"""Retention: which share of a cohort comes back after n days, weeks or months.

See `tools.cohorts` for the definitions. A pooled figure is weighted: returned / members, summed over the
cohorts that are old enough; a cohort too young for a period is null in the table and in no average.
"""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from tools.charts import draw_lines
from tools.cohorts import RetentionDefinition, count_returns
from tools.definitions import Breakdown, EventName, ToolArguments, item, period_item
from tools.errors import InvalidArgument
from tools.intervals import wilson_interval
from tools.metric_kinds import Clock, Cohort, Interval, ReturnMode
from tools.periods import INTERVAL_TEXT
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_MOST_SEGMENTS = 20


class RetentionArguments(ToolArguments):
    """Arguments of `measure_retention`; `start` and `end` bound the cohort events."""

    cohort_event: EventName = None
    return_event: EventName = None
    period: Interval = Field(
        default="day", description="Unit of the periods: day, week, month. 留存周期单位。"
    )
    periods: tuple[Annotated[int, Field(ge=0, le=1000)], ...] = Field(
        default=(1, 3, 7, 14, 30),
        min_length=1,
        max_length=60,
        description="Which periods after the cohort's, as [1, 7, 30]. 起始后的第几个周期，如 [1, 7, 30]。",
    )
    cohort: Cohort = Field(
        default="first_time",
        description="first_time: users whose first cohort event ever is in the period; recurring: users in every "
        "period they did it. first_time 为首次发生，recurring 为每个周期内发生即计入。",
    )
    clock: Clock = Field(
        default="calendar",
        description="calendar days, or 24-hour spans from each user's own start. 自然日，或从各自起点起的 24 小时。",
    )
    mode: ReturnMode = Field(
        default="on",
        description="on: returned in the n-th period; on_or_after: in it or later. 当期返回，或当期及以后返回。",
    )
    breakdown: Breakdown = None

    @model_validator(mode="after")
    def _check_clock(self) -> "RetentionArguments":
        check_clock(self.clock, self.period)
        return self


def check_clock(clock: Clock, period: Interval) -> None:
    """Refuse months of 24-hour days: they have no fixed length.

    Raises:
        InvalidArgument: for clock 24h with period month.
    """
    if clock == "24h" and period == "month":
        raise InvalidArgument(
            en="clock 24h needs period day or week; months differ in length.",
            zh="clock 为 24h 时 period 须为 day 或 week，月份长短不一。",
            parameter="clock",
        )


def measure_retention(scope: Scope, arguments: RetentionArguments) -> MetricResult:
    """Measure which share of each cohort returns in later periods."""
    definition = _definition(scope, arguments)
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    warnings = list(scope.cover(arguments.dates))
    offsets = sorted(set(arguments.periods))
    dimensions = [arguments.breakdown] if arguments.breakdown else []
    cells = count_returns(
        scope,
        definition,
        arguments.dates,
        offsets=offsets,
        filters=arguments.filters,
        dimensions=dimensions,
    )
    warnings += maturity_warnings(cells)
    pooled = pool(cells, [*dimensions, "offset"])
    title = Text(zh=f"{INTERVAL_TEXT[arguments.period].zh}留存", en=f"Retention by {arguments.period}")
    return scope.finish(
        "measure_retention",
        arguments,
        title=title,
        card=_card(scope, arguments, definition),
        figures=_figures(scope, arguments, pooled, offsets),
        table=_table(scope, arguments, cells, offsets),
        chart=_chart(scope, arguments, pooled, title),
        warnings=warnings,
        n=int(cells.loc[cells["offset"] == offsets[0], "users"].sum()) if len(cells) else 0,
    )


def _definition(scope: Scope, arguments: RetentionArguments) -> RetentionDefinition:
    return RetentionDefinition(
        cohort_event=arguments.cohort_event or scope.semantics.default_cohort_event,
        return_event=arguments.return_event or scope.semantics.default_event,
        period=arguments.period,
        cohort=arguments.cohort,
        clock=arguments.clock,
        mode=arguments.mode,
    )


def pool(cells: "pd.DataFrame", keys: list[str]) -> "pd.DataFrame":
    """Sum members and returned over mature cells: rows (keys..., users, returned, rate); rate is NaN at users 0."""
    groups = (
        cells.assign(
            users=cells["users"].where(cells["mature"], 0),
            returned=cells["returned"].where(cells["mature"], 0),
        )
        .groupby(keys, as_index=False, sort=True)[["users", "returned"]]
        .sum()
    )
    groups["rate"] = groups["returned"] / groups["users"].where(groups["users"] > 0)
    return groups


def maturity_warnings(cells: "pd.DataFrame") -> list[Text]:
    """Count the cells that are too young to tell."""
    immature = int((~cells["mature"]).sum())
    if cells.empty:
        return [Text(zh="该时间范围内没有任何用户进入分群。", en="No user entered a cohort in the period.")]
    if not immature:
        return []
    return [
        Text(
            zh=f"{len(cells)} 个留存单元中有 {immature} 个尚未成熟（数据未覆盖其完整周期），显示为空且不计入平均。",
            en=f"{immature} of {len(cells)} cohort cells are immature (the data does not yet cover their whole "
            "period); they are null and in no average.",
        )
    ]


def _table(
    scope: Scope, arguments: RetentionArguments, cells: "pd.DataFrame", offsets: list[int]
) -> "pd.DataFrame":
    """Return rows (cohort, [segment,] users, <period>_<n>..., immature), rates null where immature."""
    import pandas as pd

    keys = ["cohort", arguments.breakdown] if arguments.breakdown else ["cohort"]
    columns = [f"{arguments.period}_{o}" for o in offsets]
    if cells.empty:
        segment = ["segment"] if arguments.breakdown else []
        return pd.DataFrame(columns=["cohort", *segment, "users", *columns, "immature"])
    rate = (cells["returned"] / cells["users"]).where(cells["mature"])
    wide = cells.assign(rate=rate).pivot(index=[*keys, "users"], columns="offset", values="rate")
    wide = wide.reindex(columns=offsets).set_axis(columns, axis="columns")
    wide = wide.reset_index().rename_axis(columns=None)
    young = cells[~cells["mature"]].groupby("cohort")["offset"].unique()
    listed = [", ".join(str(o) for o in sorted(young.get(c, []))) for c in wide["cohort"]]
    wide["cohort"] = [scope.calendar.label(int(c), arguments.period) for c in wide["cohort"]]
    wide["immature"] = listed
    return wide.rename(columns={arguments.breakdown: "segment"}) if arguments.breakdown else wide


def _figures(
    scope: Scope, arguments: RetentionArguments, pooled: "pd.DataFrame", offsets: list[int]
) -> list[Figure]:
    if arguments.breakdown is None:
        sums = pooled.set_index("offset").reindex(offsets).fillna(0)
        counts = zip(sums["users"].astype(int), sums["returned"].astype(int), strict=True)
        return [_figure(arguments, o, *pair) for o, pair in zip(offsets, counts, strict=True)]
    first = pooled[pooled["offset"] == offsets[0]].sort_values("users", ascending=False, kind="stable")
    figures = []
    for segment in first[arguments.breakdown].head(_MOST_SEGMENTS):
        rows = pooled[pooled[arguments.breakdown] == segment]
        text = scope.segment_text(arguments.breakdown, str(segment))
        name = f"{arguments.breakdown}={segment}"
        figures += [
            _figure(arguments, int(r.offset), int(r.users), int(r.returned), name, text)
            for r in rows.itertuples()
        ]
    return figures


def _figure(
    arguments: RetentionArguments,
    offset: int,
    users: int,
    returned: int,
    segment: str | None = None,
    segment_text: Text | None = None,
) -> Figure:
    label = retention_text(arguments.period, offset, arguments.mode)
    if segment_text:
        label = Text(zh=f"{segment_text.zh}：{label.zh}", en=f"{segment_text.en}: {label.en}")
    return Figure(
        f"retention_{arguments.period}_{offset}",
        returned / users if users else None,
        "ratio",
        label,
        str(arguments.dates),
        segment,
        n=users,
        interval=wilson_interval(returned, users),
    )


def retention_text(period: Interval, offset: int, mode: ReturnMode) -> Text:
    """Name a retention figure, as "day-7 retention"."""
    unit = INTERVAL_TEXT[period]
    later = Text(zh="及以后", en=" or later") if mode == "on_or_after" else Text("", "")
    return Text(zh=f"第 {offset} {unit.zh}{later.zh}留存率", en=f"{unit.en}-{offset}{later.en} retention")


def _chart(scope: Scope, arguments: RetentionArguments, pooled: "pd.DataFrame", title: Text) -> dict:
    unit = INTERVAL_TEXT[arguments.period]
    return draw_lines(
        pooled,
        "offset",
        "rate",
        title=title,
        axes=(Text(zh=f"第几{unit.zh}", en=f"{unit.en}s after the cohort's"), Text("留存率", "retention")),
        unit="ratio",
        language=scope.language,
        series=arguments.breakdown,
    )


def retention_card(scope: Scope, definition: RetentionDefinition) -> list[DefinitionItem]:
    """Describe a retention definition, one line per parameter."""
    first = Text(zh="首次（全部历史数据中第一次）", en="first time (first in the whole data)")
    recurring = Text(zh="每个周期内发生即计入（可重复）", en="recurring (in every period they did it)")
    clocks = {
        "calendar": Text(zh="自然周期（本地日历）", en="calendar periods, local"),
        "24h": Text(zh="以各用户起点起算的 24 小时为一天", en="24-hour spans from each user's own start"),
    }
    modes = {
        "on": Text("当期返回", "in that period"),
        "on_or_after": Text("当期及以后返回", "in it or later"),
    }
    card = [
        item("起始事件", "cohort event", scope.semantics.event_text(definition.cohort_event)),
        item("分群", "cohort", first if definition.cohort == "first_time" else recurring),
        item("返回事件", "return event", scope.semantics.event_text(definition.return_event)),
        item("周期", "period", INTERVAL_TEXT[definition.period]),
        item("时钟", "clock", clocks[definition.clock]),
        item("返回判定", "returned means", modes[definition.mode]),
        item("分母", "denominator", Text(zh="分群用户数", en="members of the cohort")),
        item(
            "成熟度",
            "maturity",
            Text(
                zh="仅汇总数据已完整覆盖该周期的分群（按人数加权）",
                en="pooled over cohorts whose period the data covers whole, weighted by size",
            ),
        ),
        item(
            "细分取值",
            "segments and filters",
            Text(zh="取用户在起始事件时的值", en="the user's value at the cohort event"),
        ),
    ]
    if definition.period == "week":
        card.append(item("每周起始", "weeks start on", scope.calendar.week_start_text()))
    return card


def _card(
    scope: Scope, arguments: RetentionArguments, definition: RetentionDefinition
) -> list[DefinitionItem]:
    card = [period_item(arguments.dates, "分群时间", "cohorts from"), *retention_card(scope, definition)]
    if arguments.breakdown:
        card.append(item("拆分", "split by", scope.semantics.dimension_text(arguments.breakdown)))
    return card
