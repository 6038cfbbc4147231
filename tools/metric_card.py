"""The definition card of a named metric: one line per parameter that shapes it, for each kind."""

from tools.cohort_definition import retention_definition
from tools.definitions import item, period_item
from tools.errors import show
from tools.funnel import funnel_card
from tools.metric_kinds import (
    ActiveUsersMetric,
    ConversionMetric,
    EventCountMetric,
    EventSumMetric,
    Metric,
    RatioMetric,
    RetentionMetric,
    Term,
    UniqueUsersMetric,
)
from tools.observation import Observation
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Text, join_chinese
from tools.retention_card import retention_card, retention_text
from tools.scope import Scope


def metric_card(
    scope: Scope, name: str, metric: Metric, periods: list[Period], seen: list[Observation]
) -> list[DefinitionItem]:
    """Describe a named metric, one line per parameter that shapes it.

    Args:
        scope: what is read.
        name: the metric's name.
        metric: its declaration.
        periods: the period asked for, and the one it is compared with.
        seen: one observation per period, which says what of the period counts.
    """
    card = [item("指标", "metric", scope.semantics.metric_text(name))]
    names = (("时间范围", "period"), ("对比期", "compared with"))
    used = (("实际统计", "days counted"), ("对比期实际统计", "days counted of the compared period"))
    for period, observation, asked, counted in zip(periods, seen, names, used, strict=False):
        card.append(period_item(period, *asked))
        if observation.days != period:
            card.append(period_item(observation.days, *counted))
    if isinstance(metric, ConversionMetric):
        card.append(_maturity_item(periods, seen))
    return card + _kind_card(scope, metric)


def _maturity_item(periods: list[Period], seen: list[Observation]) -> DefinitionItem:
    zh, en = "仅计转化窗口已被数据完整覆盖的用户", "only users whose window the data covers whole"
    for period, observation in zip(periods, seen, strict=False):
        if observation.left_out:
            span, n = period.text(), f"{observation.left_out:,}"
            zh, en = f"{zh}；{span.zh} 中未计入 {n} 人", f"{en}; {n} left out of {span.en}"
    return item("成熟度", "maturity", Text(zh=zh, en=en))


def segment_item(metric: Metric) -> DefinitionItem:
    """Say which segment a user or an event belongs to, where a metric is split into segments."""
    users = {
        RetentionMetric: Text("用户在起始事件时的值", "the user's at the cohort event"),
        ConversionMetric: Text("用户在进入漏斗时的值", "the user's at the entry"),
        ActiveUsersMetric: Text("用户在该时段首次事件时的值", "the user's at the first event of the bucket"),
        UniqueUsersMetric: Text("用户在期内首次事件时的值", "the user's at the first event of the period"),
    }
    events = Text("每个事件的值（计人数时为用户首次事件）", "each event's; of users, the first event's")
    text = users.get(type(metric), events)
    return item("细分取值", "segment is", Text(f"{text.zh}，各细分合计即整体", f"{text.en}; they add up"))


def _kind_card(scope: Scope, metric: Metric) -> list[DefinitionItem]:
    semantics = scope.semantics
    match metric:
        case RetentionMetric():
            kind = item("类型", "kind", retention_text(metric.period, str(metric.bracket), metric.mode))
            return [kind, *retention_card(scope, retention_definition(scope, metric))]
        case ConversionMetric():
            names, excluded = (
                [semantics.event_text(event) for event in events]
                for events in (metric.steps, [e.event for e in metric.exclusions])
            )
            return funnel_card(metric.definition, names, excluded)
        case ActiveUsersMetric():
            unit = INTERVAL_TEXT[metric.interval]
            kind_text = Text(zh=f"每{unit.zh}去重用户数的期内均值", en=f"mean distinct users per {unit.en}")
            event_item = item("事件", "event", semantics.event_text(metric.event or semantics.default_event))
            return [event_item, item("计数", "counts", kind_text)]
        case RatioMetric():
            return [
                item("分子", "numerator", _term_text(scope, metric.numerator)),
                item("分母", "denominator", _term_text(scope, metric.denominator)),
            ]
        case EventSumMetric():
            return [
                item("计数", "counts", _term_text(scope, Term(event=metric.event, property=metric.property)))
            ]
        case EventCountMetric():
            return [item("计数", "counts", _term_text(scope, Term(event=metric.event)))]
        case _:
            term = Term(event=metric.event or semantics.default_event, count="users")
            return [item("计数", "counts", _term_text(scope, term))]


def _term_text(scope: Scope, term: Term) -> Text:
    event = scope.semantics.event_text(term.event)
    if term.property is not None:
        return Text(
            zh=join_chinese(event.zh, f"的 {show(term.property)} 之和"),
            en=f"sum of {show(term.property)} over {event.en}",
        )
    if term.count == "users":
        return Text(zh=join_chinese("发生", event.zh, "的去重用户数"), en=f"distinct users with {event.en}")
    return Text(zh=join_chinese(event.zh, "的次数"), en=f"number of {event.en} events")
