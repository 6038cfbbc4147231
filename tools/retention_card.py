"""The definition card of a retention figure: one line per parameter that shapes it."""

from tools.cohort_definition import RetentionDefinition
from tools.cohort_return import ReturnMode
from tools.declarations import Interval
from tools.definitions import item
from tools.errors import show
from tools.periods import INTERVAL_TEXT
from tools.results import DefinitionItem, Text
from tools.scope import Scope

COHORTS = {
    "first_time": Text(
        zh="首次（符合筛选的第一次起始事件，回看全部历史数据）",
        en="first time (the first cohort event that passes the filters, in the whole data)",
    ),
    "first_ever": Text(
        zh="历史首次（全部历史数据中的第一次起始事件，且该次须符合筛选）",
        en="first ever (the first cohort event in the whole data, which must itself pass the filters)",
    ),
    "recurring": Text(
        zh="每个周期内发生即计入（可重复）", en="recurring (in every period in which they did it)"
    ),
}
CLOCKS = {
    "calendar": Text(zh="自然周期（本地日历）", en="calendar periods, local"),
    "24h": Text(zh="以各用户起点起算的 24 小时为一天", en="24-hour spans from each user's own start"),
}
MODES = {
    "on": Text("当期返回", "in that period"),
    "on_or_after": Text("当期及以后返回（截至数据末尾）", "in it or later, up to the end of the data"),
}


def retention_text(period: Interval, offset: int | str, mode: ReturnMode) -> Text:
    """Name a retention figure, as "day-7 retention"."""
    unit = INTERVAL_TEXT[period]
    later = Text(zh="及以后", en=" or later") if mode == "on_or_after" else Text("", "")
    named = f"{unit.en}s {offset}" if "-" in str(offset) else f"{unit.en}-{offset}"
    return Text(zh=f"第 {offset} {unit.zh}{later.zh}留存率", en=f"{named}{later.en} retention")


def retention_card(
    scope: Scope, definition: RetentionDefinition, mean: str = "weighted"
) -> list[DefinitionItem]:
    """Describe a retention definition, one line per parameter."""
    card = [
        item("起始事件", "cohort event", scope.semantics.event_text(definition.cohort_event)),
        item("分群", "cohort", COHORTS[definition.cohort]),
        item("返回事件", "return event", scope.semantics.event_text(definition.return_event)),
        item("周期", "period", INTERVAL_TEXT[definition.period]),
        item("时钟", "clock", CLOCKS[definition.clock]),
        item("返回判定", "returned means", _returned_text(definition)),
        item("分母", "denominator", Text(zh="分群用户数", en="members of the cohort")),
        item("成熟度", "maturity", _maturity_text(mean)),
        item(
            "细分取值",
            "segments and filters",
            Text(zh="取用户在起始事件时的值", en="the user's value at the cohort event"),
        ),
    ]
    if definition.value:
        card.append(item("价值", "value", _value_text(definition)))
    if definition.period == "week":
        card.append(item("每周起始", "weeks start on", scope.calendar.week_start_text()))
    return card


def _returned_text(definition: RetentionDefinition) -> Text:
    mode, least = MODES[definition.mode], definition.minimum
    if least == 1:
        return mode
    return Text(
        zh=f"{mode.zh}，且返回事件至少 {least} 次", en=f"{mode.en}, with at least {least} return events"
    )


def _maturity_text(mean: str) -> Text:
    means = {
        "weighted": Text(zh="按人数加权", en="weighted by size"),
        "simple": Text(zh="各分群等权平均", en="each cohort weighing the same"),
    }
    return Text(
        zh=f"仅汇总数据已完整覆盖该周期的分群（{means[mean].zh}）",
        en=f"pooled over cohorts whose period the data covers whole, {means[mean].en}",
    )


def _value_text(definition: RetentionDefinition) -> Text:
    column = show(definition.value)
    return Text(
        zh=f"返回用户在该周期内返回事件的 {column} 之和 ÷ 分群用户数（未返回者计 0）",
        en=f"sum of {column} over the return events of those who returned, per member of the cohort "
        "(who did not return counts 0)",
    )
