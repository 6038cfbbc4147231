"""What a question says of a tool's arguments, by the names that the argument models give them.

A reader looks for one argument in the words alone; whether the chosen tool takes it is the tool's affair.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from assistant.analyst.counts import read_count

_COUNT = r"(?:\d+|[一二两三四五六七八九十]+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
_UNITS = (("d", "日天day"), ("h", "小时hour"), ("m", "分钟minute"))
_ADVERBS = {"once": 1, "twice": 2}
_DEFAULT_PROJECTION = 90

Reader = Callable[[re.Match[str]], Any]


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def read_options(text: str) -> dict[str, Any]:
    """Return the arguments that a question (Simplified) states.

    >>> read_options("7日内至少下单两次的留存")
    {'min_occurrences': 2, 'periods': ['1-7'], 'window': '7d'}
    >>> read_options("Day 1, 7 and 30 retention")
    {'periods': [1, 7, 30]}
    """
    found: dict[str, Any] = {}
    for name, pattern, read in _READERS:
        match = pattern.search(text)
        if match and name not in found:
            found[name] = read(match)
    return dict(sorted(found.items()))


def telling_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the arguments that alone tell which tool is meant, with the words that state them."""
    for name, pattern in (*((n, p) for n, p, _ in _READERS if n in _TELLING), *_ASKED_RULES):
        for match in pattern.finditer(text):
            yield name, match.group()


def strip_options(text: str) -> str:
    """Return a question less the words that state arguments."""
    for _, pattern, _ in _READERS:
        text = pattern.sub(" ", text)
    return text


def read_rule(text: str, event: str | None, days: int | None) -> dict[str, Any] | None:
    """Return the rule of a segment that a question describes: an event, how often, within how many days."""
    match = _TIMES.search(text)
    if event is None or match is None:
        return None
    within = {"days": days} if days else {}
    return {"count": event, **within, "at_least": _number(match)}


def _number(match: re.Match[str]) -> int:
    words = match.group().lower()
    adverb = next((count for word, count in _ADVERBS.items() if word in words), None)
    return adverb or read_count(_NUMBERS.findall(words)[-1])


def _numbers(match: re.Match[str]) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", match.group())]


def _length(match: re.Match[str]) -> str:
    words = match.group().lower()
    unit = next(letter for letter, names in _UNITS if any(n in words for n in _unit_names(names)))
    return f"{_number(match)}{unit}"


def _unit_names(names: str) -> list[str]:
    return re.findall(r"[a-z]+|小时|分钟|[日天]", names)


def _share(match: re.Match[str]) -> float:
    return float(re.findall(r"\d+(?:\.\d+)?", match.group())[-1]) / 100


def _effect(match: re.Match[str]) -> float:
    return float(next(g for g in match.groups() if g)) / 100


def _projection(match: re.Match[str]) -> int:
    numbers = _numbers(match)
    return numbers[-1] if numbers else _DEFAULT_PROJECTION


def _always(value: Any) -> Reader:
    return lambda _: value


_NUMBERS = _rule(_COUNT)
_TIMES = _rule(
    rf"至少[^，。,.]{{0,8}}?{_COUNT}\s*[次单]|{_COUNT}\s*[次单](?:及|或)?以上|\b(?:at least )?(?:once|twice)\b(?! a )(?: or more)?|(?:at least )?{_COUNT} (?:or more )?times(?: or more)?\b"
)
#: Arguments that a single family of tools takes, and that nobody states by chance.
_TELLING = frozenset(("shares", "pareto", "at_least", "naming"))
_PEOPLE = r"(?:用户|客户|人|买家)"
_ASKED_RULES = (
    ("rule", _rule(rf"(?:{_TIMES.pattern}).{{0,6}}{_PEOPLE}.{{0,4}}(?:多少|几)|(?:多少|几个?){_PEOPLE}.{{0,20}}(?:{_TIMES.pattern})")),
    ("rule", _rule(rf"\bhow many (?:users|people|customers|buyers)\b.{{0,40}}(?:{_TIMES.pattern})")),
)  # fmt: skip
_WITHIN = (
    rf"{_COUNT}\s*个?(?:日|天|小时|分钟)(?:之内|以内|内)|\bwithin {_COUNT}[\s-](?:days?|hours?|minutes?)"
)
_NUMBER = r"(?P<x>\d+(?:\.\d+)?)"
_TO_CHANGE = "提高|提升|增加|上升|上涨|增长|检出|变化|差异|差别|降低|下降"
_READERS: tuple[tuple[str, re.Pattern[str], Reader], ...] = (
    ("min_occurrences", _TIMES, _number),
    ("periods", _rule(rf"{_COUNT}\s*[日天]内|\bwithin {_COUNT}[\s-]days?"), lambda m: [f"1-{_number(m)}"]),
    ("periods", _rule(r"\d+(?:\s*[日天]?\s*[、,，和及]\s*\d+)+\s*[日天]|\bdays? \d+(?:(?:,| and|, and)\s*\d+)+"), _numbers),
    ("project_to", _rule(r"(?:预测|预估|外推).{0,12}?第?\s*\d+\s*[天日周月]|\bproject\b.{0,30}?\b(?:day|week|month)[\s-]\d+"), _projection),
    ("project_to", _rule(r"预测.{0,8}留存|留存.{0,4}(?:预测|长期)|长期.{0,4}留存|long[\s-](?:run|term) retention|\bproject\w*\b.{0,30}retention|retention.{0,30}(?:long[\s-](?:run|term)|level off|plateau)"), _projection),
    ("mode", _rule(r"及以后|或以后|或更晚|or later|unbounded|on or after"), _always("on_or_after")),
    ("clock", _rule(r"按\s*24\s*小时|24\s*小时(?:制|算|口径)|24\s*小时留存|24[\s-]?hour\b"), _always("24h")),
    ("value_property", _rule(r"价值留存|金额留存|收入留存|value retention|revenue retention"), _always(None)),
    ("view", _rule(r"多久|用时|耗时|多长时间|\bhow long\b|time to convert"), _always("time")),
    ("view", _rule(r"趋势|走势|\btrends?\b|over time"), _always("trend")),
    ("view", _rule(r"准吗|准不准|准确|靠谱|可信|\bhow (?:good|accurate|reliable)\b|\baccura(?:te|cy)\b|\bcalibrat"), _always("calibration")),
    ("view", _rule(r"(?:哪些|什么|主要)因素|\bfactors?\b"), _always("factors")),
    ("order", _rule(r"严格|strict"), _always("strict")),
    ("order", _rule(r"不限顺序|任意顺序|in any order"), _always("any")),
    ("attribution", _rule(r"末次触点|最后触点|last[\s-]touch"), _always("last_touch")),
    ("window", _rule(_WITHIN), _length),
    ("direction", _rule(r"(?<!目)前(?!\s*[\d一二三四五六七八九十])|(?:到|至)[^，。]{1,12}的?.{0,6}路径|\bpaths? to\b|\bbefore\b|\blead(?:s|ing)? to\b|\bto (?:an?|the) "), _always("to")),
    ("at_least", _rule(rf"{_COUNT}\s*天(?:及|或)?以上|(?:at least )?{_COUNT}(?:\+ days|(?: or more)? days (?:or more|(?:a|per|each|every) (?:week|month)))|{_COUNT} or more days|at least {_COUNT} days"), _number),
    ("at_least", _rule(rf"超过\s*{_COUNT}\s*天(?!没|未|不)|\bmore than {_COUNT} days (?:a|per|each|every|in)\b"), lambda m: _number(m) + 1),
    ("window_days", _rule(r"\bL\d{1,2}\b"), lambda m: _numbers(m)[0]),
    ("shares", _rule(r"(?:前|头部|top)\s*\d+(?:\.\d+)?\s*%"), lambda m: [_share(m)]),
    ("pareto", _rule(r"贡献了?\s*\d+\s*%|\d+\s*%\s*的[^，。,]{1,10}?(?:来自|由|靠)|(?:makes?|accounts? for|generates?|brings?)(?: up| in)? \d+\s*%"), _share),
    ("count", _rule(r"事件数|次数|\bnumber of events\b"), _always("events")),
    ("method", _rule(r"(?<![a-z])RICE(?![a-z])"), _always("rice")),
    ("method", _rule(r"(?<![a-z])ICE(?![a-z])"), _always("ice")),
    ("method", _rule(r"(?<![a-z])KANO(?![a-z])|卡诺|(?:必备|魅力|期望|无差异)需求|\bmust-(?:be|haves?)\b"), _always("kano")),
    ("method", _rule(r"加权|\bweight(?:s|ed)\b"), _always("weighted")),
    ("absolute_effect", _rule(rf"{_NUMBER}\s*(?:个?百分点|(?:-|\s)?(?:pp\b|(?:percentage[\s-])?points?\b|pts?\b))"), lambda m: float(m["x"]) / 100),
    ("relative_effect", _rule(rf"(?:{_TO_CHANGE})\s*{_NUMBER}\s*[%％](?!\s*个?百分点)|\b(?:by|of)\s+(?:an?\s+)?(?P<y>\d+(?:\.\d+)?)\s*(?:%|percent\b)"), _effect),
    ("relative_effect", _rule(rf"{_NUMBER}\s*(?:%|％|percent\b)\s*(?:的|相对|relative)?\s*(?:{_TO_CHANGE}|(?:lift|change|increase|improvement|uplift|effect|difference|drop)\b)"), _effect),
    ("sentiment", _rule(r"抱怨|吐槽|差评|投诉|不满|负面|\bcomplain(?:s|ed|ing|ts?)?\b|\bunhappy\b|\bnegative\b"), _always("negative")),
    ("sentiment", _rule(r"好评|夸|表扬|称赞|喜欢我们|正面|\blikes? about\b|\bprais(?:e|es|ed|ing)\b|\bpositive\b"), _always("positive")),
    ("naming", _rule(r"重要(?:价值|挽留|保持|发展)|一般(?:价值|挽留|保持|发展)|八类|important to"), _always("eight")),
)  # fmt: skip
