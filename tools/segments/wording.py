"""Rules in words, for the definition card."""

from tools.errors import show
from tools.results import Text, join_chinese
from tools.segments.rules import ANY_EVENT, Rule
from tools.semantics import Semantics

_TOUCH = {
    "any": Text("任一事件的", "any event's"),
    "first": Text("首次事件的", "the first event's"),
    "last": Text("末次事件的", "the last event's"),
}


def describe_rule(semantics: Semantics, rule: Rule) -> Text:
    """Write a rule as one sentence part, e.g. "purchase at least 3 times in the last 90 days"."""
    if rule.statement in ("all", "any"):
        parts = [describe_rule(semantics, part) for part in rule.parts]
        zh, en = (" 且 ", " and ") if rule.statement == "all" else (" 或 ", " or ")
        return Text(zh=f"（{zh.join(p.zh for p in parts)}）", en=f"({en.join(p.en for p in parts)})")
    if rule.statement == "not":
        part = describe_rule(semantics, rule.parts[0])
        return Text(zh=f"不满足（{part.zh}）", en=f"not ({part.en})")
    if rule.statement == "segment":
        name = str(rule.segment)
        text = semantics.segment_text(name) if name in semantics.segments else Text(name, name)
        return Text(zh=f"属于人群 {show(text.zh)}", en=f"in segment {show(text.en)}")
    if rule.statement == "dimension":
        return _dimension(semantics, rule)
    return _bounded(semantics, rule)


def _window(rule: Rule) -> Text:
    if rule.days is None:
        return Text("全部历史", "ever")
    return Text(f"最近 {rule.days} 天", f"in the last {rule.days} days")


def _event(semantics: Semantics, event: str | None) -> Text:
    return semantics.event_text(None if event == ANY_EVENT else event)


def _bounds(rule: Rule) -> Text:
    low, high = (None if b is None else f"{b:g}" for b in (rule.at_least, rule.at_most))
    zh = [f"≥ {low}"] if low is not None else []
    zh += [f"≤ {high}"] if high is not None else []
    return Text(zh=" 且 ".join(zh), en=" and ".join(zh))


def _bounded(semantics: Semantics, rule: Rule) -> Text:
    bounds, window = _bounds(rule), _window(rule)
    if rule.statement == "count":
        event = _event(semantics, rule.count)
        return Text(
            f"{join_chinese(window.zh, event.zh, '次数')} {bounds.zh}",
            f"number of {event.en} events {window.en} {bounds.en}",
        )
    if rule.statement == "sum":
        event, column = _event(semantics, rule.event), show(rule.sum)
        return Text(
            f"{join_chinese(window.zh, event.zh)}的 {column} 之和 {bounds.zh}",
            f"sum of {column} over {event.en} {window.en} {bounds.en}",
        )
    first = rule.statement == "first_seen"
    event = _event(semantics, rule.first_seen if first else rule.last_seen)
    zh, en = ("首次", "first") if first else ("最近一次", "last")
    return Text(
        f"{join_chinese(zh, event.zh, '距当日天数')} {bounds.zh}", f"days since {en} {event.en} {bounds.en}"
    )


def _dimension(semantics: Semantics, rule: Rule) -> Text:
    name = str(rule.dimension)
    label, touch, window = semantics.dimension_text(name), _TOUCH[rule.touch], _window(rule)
    event = _event(semantics, rule.event)
    values = [semantics.value_text(name, v) for v in rule.values]
    return Text(
        zh=f"{join_chinese(window.zh, event.zh, '中', touch.zh, label.zh)} = {' | '.join(show(v.zh) for v in values)}",
        en=f"{touch.en} {label.en} ({event.en}, {window.en}) = {' | '.join(show(v.en) for v in values)}",
    )
