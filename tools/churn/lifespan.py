"""How long people stay: time from the first active day to churn, by Kaplan and Meier, by group.

A user is followed from the first active day. Who has been silent for the days that are churn left on the last active
day; everybody else is still there, and counts for as long as is known (Kaplan and Meier 1958). Groups are compared by
the log-rank test, over all of them at once.
"""

import math
from typing import TYPE_CHECKING, Any

from tools.charts import draw_lines
from tools.churn.arguments import LifespanArguments
from tools.churn.silence import Silence, choose_silence
from tools.definitions import item, period_item
from tools.errors import NoData
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope, first_values

if TYPE_CHECKING:
    import pandas as pd

_EVERYBODY = "all"
_TITLE = Text("流失时间", "Time to churn")
_FEW = 20
LIMITS = limits(
    "曲线描述这些用户留了多久，不能说明分组本身使人留得更久（各组用户原本就可能不同），也不能说明超出观察天数之后会怎样。",
    "The curve tells how long these users stayed; it does not prove that a group makes people stay longer (its users may "
    "differ to begin with), nor what happens beyond the days observed.",
)


def measure_time_to_churn(scope: Scope, arguments: LifespanArguments) -> MetricResult:
    """Measure how long users first seen in the period stay, up to the last day of the data.

    Raises:
        NoData: nobody was first seen in the period.
    """
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    warnings = list(scope.cover(arguments.dates))
    event = arguments.active_event or scope.semantics.default_event
    last = scope.calendar.bucket(scope.source.coverage.complete_through, "day")
    silence = choose_silence(scope, event, arguments.filters, last, arguments.silence_days, windows=0)
    lives = _read_lives(scope, arguments, event, silence.days, last)
    if lives.empty:
        span = arguments.dates.text()
        raise NoData(
            en=f"Nobody was active for the first time in {span.en}.",
            zh=f"{span.zh} 没有首次活跃的用户。",
            parameter="start",
        )
    figures, table = _estimate(scope, arguments, lives)
    warnings += _warn(scope, arguments, lives)
    return scope.finish(
        "measure_time_to_churn",
        arguments,
        title=_TITLE,
        card=_card(scope, arguments, event, silence),
        figures=figures,
        table=table,
        chart=draw_lines(
            _named(scope, arguments.breakdown, table),
            "day",
            "staying",
            title=_TITLE,
            axes=(Text("首次活跃后天数", "days since first active"), Text("仍未流失", "not churned")),
            unit="ratio",
            language=scope.language,
            series="segment" if arguments.breakdown else None,
        ),
        warnings=[*silence.warnings, *warnings],
        n=int(lives["users"].sum()),
    )


def _named(scope: Scope, dimension: str | None, table: "pd.DataFrame") -> "pd.DataFrame":
    if dimension is None:
        return table
    names = [scope.semantics.value_text(dimension, v).in_language(scope.language) for v in table["segment"]]
    return table.assign(segment=names)


def _read_lives(
    scope: Scope, arguments: LifespanArguments, event: str | None, silence: int, last: int
) -> "pd.DataFrame":
    """Return rows (segment, lasted, churned, users): one per length of stay, whether it ended, and group."""
    import ibis

    days = scope.days(event, arguments.filters)
    days = days.filter(days.day <= last)
    dimension = arguments.breakdown
    spans = days.group_by("user").agg(
        first=days.day.min(), final=days.day.max(), **({"at": days["at"].min()} if dimension else {})
    )
    start, end = (scope.calendar.bucket(d, "day") for d in (arguments.start, arguments.end))
    spans = spans.filter(spans.first.between(start, end))
    if dimension:
        starts = first_values(days, spans.select("user", "at"), [dimension])
        spans = spans.drop("at").inner_join(starts.select("user", segment=starts[f"d_{dimension}"]), "user")
    else:
        spans = spans.mutate(segment=ibis.literal(_EVERYBODY))
    churned = last - spans.final >= silence
    # Who is silent but not long enough may have left already: known to be there up to the last active day only.
    known = spans.mutate(lasted=(spans.final - spans.first).cast("int64"), churned=churned)
    found: pd.DataFrame = scope.source.engine.fetch(
        known.group_by("segment", "lasted", "churned").agg(users=known.count())
    )
    return found.sort_values(["segment", "lasted", "churned"], ignore_index=True)


def _estimate(
    scope: Scope, arguments: LifespanArguments, lives: "pd.DataFrame"
) -> "tuple[list[Figure], pd.DataFrame]":
    import pandas as pd

    figures, parts = [], []
    dimension = arguments.breakdown
    for segment, rows in lives.groupby("segment", sort=True):
        curve = merge_steps(fit_curve(rows), scope.source.definition.min_group)
        name = None if dimension is None else f"{dimension}={segment}"
        figures += _figures(scope, arguments, curve, name, rows)
        parts.append(curve.assign(segment=segment))
    if len(parts) > 1:
        figures.append(_log_rank(arguments, lives))
    table = pd.concat(parts, ignore_index=True)
    columns = ["day", "at_risk", "staying", "low", "high"]
    return figures, table[["segment", *columns] if dimension else columns]


def fit_curve(lives: "pd.DataFrame") -> "pd.DataFrame":
    """Return rows (day, at_risk, staying, low, high): the share not churned after each day, bounded at 95 %.

    Args:
        lives: rows (lasted, churned, users).
    """
    import pandas as pd
    from lifelines import KaplanMeierFitter

    fitter = KaplanMeierFitter().fit(lives["lasted"] + 1, lives["churned"], weights=lives["users"])
    bounds = fitter.confidence_interval_
    risk = fitter.event_table["at_risk"]
    curve = pd.DataFrame(
        {
            "day": fitter.survival_function_.index.astype(int),
            "at_risk": risk.reindex(fitter.survival_function_.index).to_numpy(int),
            "staying": fitter.survival_function_.iloc[:, 0].to_numpy(float),
            "low": bounds.iloc[:, 0].to_numpy(float),
            "high": bounds.iloc[:, 1].to_numpy(float),
        }
    )
    return curve[curve["day"] >= 1].reset_index(drop=True)


def merge_steps(curve: "pd.DataFrame", least: int) -> "pd.DataFrame":
    """Leave out days so that between any two that are left `least` users or more leave the curve, and so many are left."""
    kept: list[int] = []
    for row, users in enumerate(curve["at_risk"]):
        if users >= least and (not kept or curve["at_risk"].iloc[kept[-1]] - users >= least):
            kept.append(row)
    return curve if least <= 1 else curve.iloc[kept].reset_index(drop=True)


def _figures(
    scope: Scope,
    arguments: LifespanArguments,
    curve: "pd.DataFrame",
    segment: str | None,
    lives: "pd.DataFrame",
) -> list[Figure]:
    n, span = int(lives["users"].sum()), str(arguments.dates)
    of = Text("", "")
    if segment is not None and arguments.breakdown is not None:
        text = scope.segment_text(arguments.breakdown, segment.partition("=")[2])
        of = Text(f"（{text.zh}）", f" ({text.en})")
    half = curve[curve["staying"] <= 0.5]
    median = float(half["day"].iloc[0]) if len(half) else None
    label = Text(f"流失前天数中位数{of.zh}", f"median days to churn{of.en}")
    figures = [Figure("median_days", median, "days", label, span, segment, n)]
    for day in arguments.days:
        known = curve[curve["day"] <= day]
        reached = not curve.empty and curve["day"].max() >= day
        row: Any = known.iloc[-1] if reached and not known.empty else None
        # Before the first step everybody is still there, unless early steps are hidden.
        everybody = reached and row is None and int(curve["at_risk"].iloc[0]) == n
        label = Text(f"第 {day} 天仍未流失{of.zh}", f"not churned after {day} days{of.en}")
        value = float(row["staying"]) if row is not None else 1.0 if everybody else None
        interval = (float(row["low"]), float(row["high"])) if row is not None else None
        figures.append(Figure(f"staying_day_{day}", value, "ratio", label, span, segment, n, interval))
    return figures


def _log_rank(arguments: LifespanArguments, lives: "pd.DataFrame") -> Figure:
    import numpy as np
    from statsmodels.duration.survfunc import survdiff

    each = lives.loc[lives.index.repeat(lives["users"])]
    try:
        _, pvalue = survdiff(
            each["lasted"].to_numpy() + 1, each["churned"].to_numpy(int), each["segment"].to_numpy()
        )
    except np.linalg.LinAlgError:  # too few churned while users of several groups were there
        pvalue = math.nan
    label = Text("各组留存时长无差异的对数秩检验 p 值", "log-rank p-value of no difference between groups")
    return Figure(
        "logrank",
        float(pvalue) if math.isfinite(pvalue) else None,
        "pvalue",
        label,
        str(arguments.dates),
        n=int(lives["users"].sum()),
    )


def _card(
    scope: Scope, arguments: LifespanArguments, event: str | None, silence: Silence
) -> list[DefinitionItem]:
    return [
        period_item(arguments.dates, "首次活跃于", "first active in"),
        item("活跃事件", "active means", scope.semantics.event_text(event)),
        item(
            "流失",
            "churned",
            Text(
                f"截至数据最后一个完整日已沉默 ≥ {silence.days} 天（{silence.reason.zh}），流失日为最后活跃日的次日",
                f"silent for {silence.days} days or more by the last whole day of the data ({silence.reason.en}); the day of "
                "churn is the one after the last active day",
            ),
        ),
        item(
            "估计",
            "estimate",
            Text(
                "Kaplan–Meier；尚未流失者计到最后活跃日（删失）",
                "Kaplan-Meier; who has not churned counts up to the last active day (censored)",
            ),
        ),
        LIMITS,
    ]


def _warn(scope: Scope, arguments: LifespanArguments, lives: "pd.DataFrame") -> list[Text]:
    told = []
    if arguments.start <= scope.source.coverage.start:
        told.append(
            Text(
                "时段从数据首日开始：其中一些用户其实更早就来了，时长被低估；请从数据首日之后一段时间开始。",
                "The period begins with the data: some of these users came earlier, so their stay is understated; begin later.",
            )
        )
    counts = lives.groupby("segment")["users"].sum()
    few = counts[counts < _FEW]
    if len(few):
        told.append(
            Text(
                f"有 {len(few)} 个组不足 {_FEW} 名用户，曲线不可靠。",
                f"{len(few)} group(s) hold fewer than {_FEW} users: their curves are unreliable.",
            )
        )
    return told
