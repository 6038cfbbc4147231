"""Read a question: what is asked, of which metric, when, split by what, for whom.

Rules, not a model: each intent is a pattern over the question, tried in order; metrics, dimensions and values come from
the workspace's vocabulary, periods from `time_expressions`.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.analyst.clock import AnyClock
from assistant.analyst.time_expressions import Period, find_period
from assistant.analyst.vocabulary import Mention, Vocabulary

Intent = Literal[
    "greeting", "help", "plan", "tactics", "explain", "metric", "active", "growth", "retention", "funnel", "define",
    "how_to", "lookup",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How the analyst reads a question.

    Attributes:
        metrics: Named metrics, in the order of the question.
        period: Period asked about; None where the question names none.
        breakdown: Dimension to split by. filters: Values to keep, by dimension.
        interval: day, week or month, where the question says so.
        steps: Events named in order, for a funnel.
        term: For a definition, the term itself.
        words: The words of the question that name something of metrics.yaml.
    """

    intent: Intent
    question: str
    language: str
    metrics: tuple[str, ...] = ()
    period: Period | None = None
    breakdown: str | None = None
    filters: dict[str, list[str]] = field(default_factory=dict)
    interval: str | None = None
    steps: tuple[str, ...] = ()
    term: str | None = None
    words: tuple[str, ...] = ()

    @property
    def metric(self) -> str | None:
        """The first metric that the question names."""
        return self.metrics[0] if self.metrics else None


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_GREETING = _rule(
    r"^\s*(?:你好|您好|嗨|哈喽|早上好|下午好|晚上好|hi|hello|hey|good (?:morning|afternoon))[\s!！。.,，~～]*(?:运策|yunce)?[\s!！。.~～]*$"
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
    r"增长(?:核算|结构|拆解)|新增.{0,4}(?:留存|回流|流失)|回流|growth accounting|\blifecycle\b|quick ratio|resurrected|生命周期(?:状态)?"
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
_FOLLOW_UP = _rule(
    r"^\s*(?:那么?|然后|还有|换成|改成|再看看?|and\b|what about\b|how about\b|now\b|same for\b)|呢\s*[?？]?\s*$"
)


def read_question(
    question: str, *, language: str, vocabulary: Vocabulary, clock: AnyClock, before: Reading | None = None
) -> Reading:
    """Return the reading of `question`; `before` is the reading that a follow-up such as 那安卓呢? leans on.

    Raises:
        InvalidRequest: A period in the question is backwards or does not exist.
    """
    mentions = vocabulary.find(question)
    period = find_period(question, clock)
    reading = Reading(
        intent="lookup",
        question=question,
        language=language,
        metrics=tuple(dict.fromkeys(m.name for m in mentions if m.kind == "metric")),
        period=period,
        breakdown=_breakdown(question, mentions),
        filters=_filters(mentions),
        interval=next((name for name, pattern in _INTERVALS if pattern.search(question)), None),
        steps=_steps(question, mentions),
        words=tuple(m.words for m in mentions),
    )
    intent, term = _intent(question, reading)
    reading = replace(reading, intent=intent, term=term)
    return _follow_up(reading, before) if before and _FOLLOW_UP.search(question) else reading


def _intent(question: str, reading: Reading) -> tuple[Intent, str | None]:
    measured = reading.metric is not None or reading.period is not None
    if _GREETING.search(question):
        return "greeting", None
    if _HELP.search(question):
        return "help", None
    if _PLAN.search(question):
        return "plan", None
    if _TACTICS.search(question):
        return "tactics", None
    if _WHY.search(question):
        return ("explain" if reading.metric else "lookup"), None
    if reading.period is None and (term := _term(question)):
        return "define", term
    if not measured and not _HOW_MUCH.search(question) and _HOW.search(question):
        return "how_to", None
    return _measurement(question, reading), None


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
    if reading.period or reading.interval or reading.breakdown or _HOW_MUCH.search(question):
        return True
    named = sum(len(m) for m in reading.words)
    return named >= 0.5 * len(question.strip())


def _term(question: str) -> str | None:
    match = _DEFINE.search(question)
    if not match:
        return None
    term = (match["a"] or match["b"] or match["c"] or "").strip()
    return term or None


def _breakdown(question: str, mentions: list[Mention]) -> str | None:
    for mention in mentions:
        if mention.kind == "dimension" and _SPLIT.search(question[: mention.start]):
            return mention.name
    named = [m.name for m in mentions if m.kind == "dimension"]
    return named[0] if named and not _WHY.search(question) else None


def _filters(mentions: list[Mention]) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.kind == "value" and mention.dimension:
            values = filters.setdefault(mention.dimension, [])
            if mention.name not in values:
                values.append(mention.name)
    return filters


def _steps(question: str, mentions: list[Mention]) -> tuple[str, ...]:
    events = tuple(m.name for m in mentions if m.kind == "event")
    if _REPEAT.search(question):
        return (events[0], events[0]) if events else ("*", "*")
    return events


def _follow_up(reading: Reading, before: Reading) -> Reading:
    """Fill what a follow-up leaves out from the question before it."""
    if reading.intent in ("greeting", "help", "plan", "tactics", "define"):
        return reading
    own = bool(reading.filters or reading.period or reading.breakdown or reading.interval or reading.metric)
    if not own:
        return reading
    return replace(
        reading,
        intent=before.intent if reading.intent in ("lookup", "metric") else reading.intent,
        metrics=reading.metrics or before.metrics,
        period=reading.period or before.period,
        breakdown=reading.breakdown or (None if reading.filters else before.breakdown),
        filters=reading.filters or before.filters,
        interval=reading.interval or before.interval,
        steps=reading.steps or before.steps,
    )
