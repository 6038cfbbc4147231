"""Read a question: what is asked, of which metric, when, split by what, for whom.

Rules, not a model: each intent is a pattern over the question, tried in order; metrics, dimensions and values come from
the workspace's vocabulary, periods from `time_expressions`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Literal

from assistant.analyst.clock import AnyClock
from assistant.analyst.extraction import content_terms
from assistant.analyst.time_expressions import Period, find_periods
from assistant.analyst.vocabulary import Mention, Vocabulary
from knowledge.language import to_simplified

Intent = Literal[
    "greeting", "thanks", "forecast", "help", "plan", "tactics", "explain", "metric", "active", "growth", "retention", "funnel", "define",
    "how_to", "lookup",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How the analyst reads a question.

    Attributes:
        metrics: Named metrics, in the order of the question.
        period: Period asked about; None where the question names none. compared: A second period, named beside it.
        breakdown: Dimension to split by. filters: Values to keep, by dimension.
        interval: day, week or month, where the question says so.
        steps: Events named in order, for a funnel.
        term: For a definition, the term itself.
        unread: Words that carry meaning and that no rule has read.
    """

    intent: Intent
    question: str
    language: str
    metrics: tuple[str, ...] = ()
    period: Period | None = None
    compared: Period | None = None
    breakdown: str | None = None
    filters: dict[str, list[str]] = field(default_factory=dict)
    interval: str | None = None
    steps: tuple[str, ...] = ()
    term: str | None = None
    unread: tuple[str, ...] = ()

    @property
    def wants_series(self) -> bool:
        """Whether each day, week or month is asked for, rather than one figure."""
        return self.interval is not None or bool(_TREND.search(self.question))

    @property
    def direction(self) -> int:
        """What the question takes for granted: -1 for a fall, 1 for a rise, 0 for neither."""
        return bool(_UP.search(self.question)) - bool(_DOWN.search(self.question))

    @property
    def metric(self) -> str | None:
        """The first metric that the question names."""
        return self.metrics[0] if self.metrics else None


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_GREETING = _rule(
    r"^\s*(?:你好|您好|嗨|哈喽|早上好|下午好|晚上好|hi|hello|hey|good (?:morning|afternoon))[\s!！。.,，~～]*(?:运策|yunce)?[\s!！。.~～]*$"
)
_THANKS = _rule(
    r"^\s*(?:谢谢|多谢|感谢|辛苦了?|再见|拜拜|thanks?(?: you)?|thx|bye|goodbye|cheers)(?:你|啦|了|a lot)?[\s!！。.~～]*$"
)
_FORECAST = _rule(
    r"明年|后年|下个?(?:月|周|季度|星期)|明天|后天|将来|未来|预测|预计|会是多少|会达到|\bnext (?:week|month|quarter|year)\b|\btomorrow\b|\bforecast\b|\bpredict|\bwill\b.{0,40}\b(?:be|reach|grow)\b"
)
_OURS = _rule(r"\b(?:our|my|current)\b|我们|咱们|当前|目前|现在|今")
_EXCEPT = _rule(
    r"(?:除了?|不含|不包括|排除|剔除|非|\bexcept(?:ing)?(?: for)?|\bexcluding|\bwithout|\bother than|\bnot)\s*$"
)
_HELP = _rule(
    r"^\s*(?:帮助|help)\W*$|你(?:能|会|可以)(?:做|干)(?:些)?什么|怎么用(?:你|运策)|what can you do|how do i use (?:you|yunce)"
)
_PLAN = _rule(
    r"(?:制定|草拟|起草|拟|写|做|出|给我|生成).{0,12}(?:方案|计划)|(?:draft|write|make|create|prepare)\b.{0,40}\bplan\b"
)
_TACTICS = _rule(
    r"(?:推荐|建议).{0,8}(?:打法|策略|手段|动作|措施|方法)|有(?:什么|哪些)(?:打法|策略|手段|建议)|(?:打法|策略)(?:建议|推荐)|\b(?:suggest|recommend|which)\b.{0,30}\b(?:tactics?|actions?|ideas?|measures?)\b|\btactics? (?:for|to)\b"
)
_WHY = _rule(
    r"为什么|为何|为啥|原因|怎么(?:会|就|突然)?(?:掉|跌|降|下降|下滑|变差|涨|升|上涨|上升)|怎么回事|(?:掉|跌|降|下降|下滑|变差|变低)了?(?:怎么办|该怎么办|怎么处理)|归因|什么导致|\bwhy\b|what (?:caused|drove|happened|explains?|is behind)|reasons? (?:for|behind)|\bbecause of what\b"
)
_DEFINE = _rule(
    r"^\s*(?:请问|请解释一下?|解释一下|什么叫做?|什么是|何谓|啥是|所谓)\s*[“\"「]?(?P<a>[^?？。!！,，”\"」]{1,40}?)[”\"」]?\s*(?:是什么(?:意思)?|的(?:意思|定义|含义))?\s*[?？。!！]*$"
    r"|^\s*(?:请问)?[“\"「]?(?P<b>[^?？。!！,，”\"」]{1,40}?)[”\"」]?\s*(?:是什么(?:意思|东西)?|是啥|什么意思|指的?是什么|怎么定义|的定义(?:是什么)?|的口径(?:是什么)?)\s*[?？。!！]*$"
    r"|^\s*(?:what(?:'s| is| are| does)|define|explain|the meaning of)\s+(?:an?\s+|the\s+(?:term\s+|definition of\s+)?)?[“\"]?(?P<c>[^?.!,”\"]{1,50}?)[”\"]?(?:\s+(?:mean|stand for))?\s*[?.!]*$"
)
_HOW = _rule(
    r"怎么|怎样|如何|咋|步骤|流程|\bhow (?:do|should|can|to|would|did)\b|\bsteps?\b|what should (?:we|i) do|该做什么|应该做什么"
)
_HOW_MUCH = _rule(
    r"多少|几个|几人|有多|怎么样|如何[?？]?$|how (?:many|much|is|are|was|were|did)|what (?:is|was|were|are)\b|\bshow\b|\bcompare\b|趋势|走势|变化|\btrend\b|数据|情况"
)
_GROWTH = _rule(
    r"增长(?:核算|结构|拆解)|新增.{0,2}(?:回流|流失)|回流|growth accounting|\blifecycle\b|quick ratio|resurrected|生命周期(?:状态)?"
)
_RETENTION = _rule(r"留存|\bretention\b|\bcohorts?\b|同期群")
_FUNNEL = _rule(
    r"漏斗|转化路径|\bfunnel\b|首购.{0,4}复购|第一次.{0,6}第二次|first[\s-]to[\s-]second|second purchase"
)
_REPEAT = _rule(
    r"首购.{0,4}(?:复购|二购)|第一次.{0,8}第二次|first[\s-]to[\s-]second|second (?:purchase|order)|repeat (?:purchase|order)"
)
_ACTIVE = _rule(
    r"日活|周活|月活|活跃(?:用户|客户|人数|买家)?|\b[DWM]AU\b|\bactive (?:users?|customers?|buyers?|members?)\b|stickiness|黏性|粘性"
)
_INTERVALS = (
    ("day", _rule(r"每天|每日|按天|按日|逐日|日活|\bDAU\b|\bdaily\b|by day|per day|each day")),
    ("week", _rule(r"每周|按周|逐周|周活|\bWAU\b|\bweekly\b|by week|per week")),
    ("month", _rule(r"每月|按月|逐月|月活|月度|\bMAU\b|\bmonthly\b|by month|per month")),
)  # fmt: skip
_SPLIT = _rule(
    r"(?:按|分|各|每个|不同|哪个|哪些|\bby\b|\bper\b|\bacross\b|\bwhich\b|\beach\b|split by|broken down by)\s*(?:the\s+)?$"
)
_SPLIT_WORD = _rule(
    r"按|分别|各个?|每个|不同|哪个|哪些|哪天|看看?|\bby\b|\bper\b|\bacross\b|\bwhich\b|\beach\b|split|broken down"
)
_EXCEPT_WORD = _rule(r"除了?|不含|不包括|排除|剔除|以外|之外|except(?:ing)?|excluding|without|other than")
_TREND = _rule(r"趋势|走势|曲线|变化情况|哪天|\btrends?\b|over time|which day")
_WHAT_TO_DO = _rule(r"怎么办|该做什么|what (?:should|can|do) we do")
_SET_BESIDE = _rule(r"(?:和|跟|同|与).{1,8}(?:比|相比)|compared? (?:to|with)|\bvs\b|versus")
_DOWN = _rule(
    r"掉|跌|降|下滑|变差|变低|减少|少了|\bfall|\bfell|\bdrop|\bdeclin|\bdecreas|\bdown\b|\bworse|\blower|\blose|\blost"
)
_UP = _rule(
    r"涨|升|增长|增加|变高|变好|这么高|那么高|\bris(?:e|ing)|\brose|\bincreas|\bgrew|\bgrow|\bup\b|\bhigher|\bjump|\bspike"
)
_FOLLOW_UP = _rule(
    r"^\s*(?:那么?|然后|还有|换成|改成|再看看?|(?:和|跟|同).{1,8}比|怎么办|and\b|what about\b|how about\b|now\b|same for\b)|呢\s*[?？]?\s*$"
)


def read_question(
    question: str, *, language: str, vocabulary: Vocabulary, clock: AnyClock, before: Reading | None = None
) -> Reading:
    """Return the reading of `question`; `before` is the reading that a follow-up such as 那安卓呢? leans on.

    Raises:
        InvalidRequest: A period in the question is backwards or does not exist.
    """
    text = to_simplified(question)
    periods = find_periods(text, clock)
    rest = text
    for period in periods:  # 上周留存 holds no 周留存
        rest = rest.replace(period.words, " " * len(period.words), 1)
    mentions = vocabulary.find(rest)
    ordered = sorted(periods, key=lambda p: p.start)
    filters, excluded = _filters(rest, mentions), _excluded(rest, mentions)
    reading = Reading(
        intent="lookup",
        question=question,
        language=language,
        metrics=tuple(dict.fromkeys(m.name for m in mentions if m.kind == "metric")),
        period=ordered[-1] if ordered else None,
        compared=ordered[0] if len(ordered) > 1 else None,
        breakdown=_breakdown(rest, mentions, filters),
        filters=filters | vocabulary.others(excluded),
        interval=next((name for name, pattern in _INTERVALS if pattern.search(rest)), None),
        steps=_steps(rest, mentions),
        unread=_unread(rest, mentions),
    )
    intent, term = _intent(text, reading)
    reading = replace(reading, intent=intent, term=term)
    return _follow_up(reading, before) if before and _leans(text, reading) else reading


def _unread(rest: str, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return the words that carry meaning outside the mentions and the words of asking."""
    for mention in mentions:
        rest = rest[: mention.start] + " " * len(mention.words) + rest[mention.end :]
    for pattern in (_WHY, _HOW_MUCH, _SPLIT_WORD, _EXCEPT_WORD, *(pattern for _, pattern in _INTERVALS)):
        rest = pattern.sub(" ", rest)
    return tuple(t for t in content_terms(rest) if t not in _asking_words() and not t.isdigit())


@cache
def _asking_words() -> frozenset[str]:
    return frozenset((files("assistant.analyst") / "asking_words.txt").read_text(encoding="utf-8").split())


def _leans(text: str, reading: Reading) -> bool:
    """Tell whether a question leans on the one before it: it says so, or holds nothing of its own to measure."""
    bare = not reading.metrics and not reading.unread
    named = bool(
        reading.filters or reading.breakdown or reading.interval or reading.period or _WHY.search(text)
    )
    return bool(_FOLLOW_UP.search(text)) or (
        bare and named and reading.intent in ("lookup", "metric", "explain")
    )


def _intent(question: str, reading: Reading) -> tuple[Intent, str | None]:
    for intent, pattern in _SPOKEN:
        if pattern.search(question):
            return intent, None
    if _WHY.search(question):
        return ("explain" if reading.metric else "lookup"), None
    if reading.metric and _FORECAST.search(question):
        return "forecast", None
    if reading.period is None and (term := _term(question)) and not _asks_for_ours(question, reading):
        return "define", term
    measured = reading.metric is not None or reading.period is not None
    if not measured and not _HOW_MUCH.search(question) and _HOW.search(question):
        return "how_to", None
    return _measurement(question, reading), None


def _asks_for_ours(question: str, reading: Reading) -> bool:
    """Tell "what is our GMV?" from "what is GMV?": the first wants the figure."""
    split = reading.filters or reading.breakdown or reading.interval
    return bool(reading.metric and (split or _OURS.search(question)))


def _measurement(question: str, reading: Reading) -> Intent:
    """Tell which measurement is asked for; a question that names data but no amount is looked up."""
    how_to = bool(_HOW.search(question)) and reading.period is None and not _HOW_MUCH.search(question)
    if how_to:
        return "how_to"
    if _FUNNEL.search(question):
        return "funnel"
    if _GROWTH.search(question):
        return "growth"
    if reading.metric and _asks_for_data(question, reading):
        return "metric"
    if _RETENTION.search(question) and _asks_for_data(question, reading):
        return "retention"
    if _ACTIVE.search(question) and _asks_for_data(question, reading):
        return "active"
    return "lookup"


def _asks_for_data(question: str, reading: Reading) -> bool:
    """Tell whether a question that names data asks for its amount, rather than for what was written about it."""
    if reading.period or reading.interval or reading.breakdown:
        return True
    return bool(_HOW_MUCH.search(question)) or not reading.unread


def _term(question: str) -> str | None:
    match = _DEFINE.search(question)
    if not match:
        return None
    term = (match["a"] or match["b"] or match["c"] or "").strip()
    return term or None


def _breakdown(
    question: str, mentions: Sequence[Mention], filters: Mapping[str, Sequence[str]]
) -> str | None:
    for mention in mentions:
        if mention.kind == "dimension" and _SPLIT.search(question[: mention.start]):
            return mention.name
    compared = [dimension for dimension, values in filters.items() if len(values) > 1]
    if compared:  # Android vs iOS: beside each other, not in one pot
        return compared[0]
    named = [m.name for m in mentions if m.kind == "dimension"]
    return named[0] if named and not _WHY.search(question) else None


def _filters(question: str, mentions: Sequence[Mention]) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.kind == "value" and mention.dimension and not _EXCEPT.search(question[: mention.start]):
            values = filters.setdefault(mention.dimension, [])
            if mention.name not in values:
                values.append(mention.name)
    return filters


def _excluded(question: str, mentions: Sequence[Mention]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mention in mentions:
        if mention.kind == "value" and mention.dimension and _EXCEPT.search(question[: mention.start]):
            found.setdefault(mention.dimension, set()).add(mention.name)
    return found


def _steps(question: str, mentions: list[Mention]) -> tuple[str, ...]:
    events = tuple(m.name for m in mentions if m.kind == "event")
    if _REPEAT.search(question):
        return (events[0], events[0]) if events else ("*", "*")
    return events


def _follow_up(reading: Reading, before: Reading) -> Reading:
    """Fill what a follow-up leaves out from the question before it."""
    if reading.intent in ("greeting", "thanks", "help", "plan", "tactics", "define"):
        return reading
    own_filters, metrics = bool(reading.filters), reading.metrics or before.metrics
    intent = before.intent if reading.intent in ("lookup", "metric") else reading.intent
    if metrics and _WHAT_TO_DO.search(reading.question):
        intent = "tactics"
    elif metrics and _WHY.search(reading.question):
        intent = "explain"
    period, compared = reading.period or before.period, reading.compared
    if compared is None and reading.period is None:
        compared = before.compared
    elif before.period and _SET_BESIDE.search(reading.question):  # 和上上周比呢: beside it, not instead of it
        period, compared = before.period, reading.period
    return replace(
        reading,
        intent=intent,
        metrics=metrics,
        period=period,
        compared=compared,
        breakdown=reading.breakdown or (None if own_filters else before.breakdown),
        filters=reading.filters or before.filters,
        interval=reading.interval or before.interval,
        steps=reading.steps or before.steps,
    )


_SPOKEN: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("greeting", _GREETING),
    ("thanks", _THANKS),
    ("help", _HELP),
    ("plan", _PLAN),
    ("tactics", _TACTICS),
)
