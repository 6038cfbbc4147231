"""What kind of answer a question asks for, and whether a sentence holds one."""

import re
from dataclasses import dataclass

from knowledge.language import to_simplified

_NUMBER_WORD = r"[一二三四五六七八九十百千万亿两几数]"
_ENGLISH_NUMBERS = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand|million"
    r"|billion|half|third|quarter|dozen|once|twice|percent)\b"
)


@dataclass(frozen=True, slots=True)
class AnswerType:
    """A kind of answer.

    Attributes:
        asks: Finds the words by which a question asks for it.
        gives: Finds what an answer of this kind holds.
        is_new: Whether what is found must not stand in the question already.
        tag: Of Chinese words that an answer may hold, too: nr for the name of a person.
    """

    asks: re.Pattern[str]
    gives: re.Pattern[str]
    is_new: bool = True
    tag: str | None = None

    def find(self, text: str) -> set[str]:
        """Return what a text holds of this kind."""
        return {*self.gives.findall(text), *(_tagged(text, self.tag) if self.tag else ())}


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_REASON = AnswerType(
    _compile(r"为什么|为何|原因|\bwhy\b|what (?:caused|causes|is the reason)"),
    _compile(
        r"因|由于|为了|导致|使得|以免|所以|because|due to|\bsince\b|so that|caused|in order to|reason|result"
    ),
    is_new=False,
)
_TIME = AnswerType(
    _compile(
        r"什么时[候间]|何时|哪一?[年天月日周]|几[月号点]|年份|\bwhen\b"
        r"|(?:what|which) (?:year|date|day|month|week|century|decade|time)"
    ),
    _compile(
        r"\d{3,4}\s*年|\d{1,2}\s*[月日号点]|世纪|年代|初年|末年|周[一二三四五六日]|星期"
        r"|\b(?:1\d{3}|20\d\d)s?\b|\bcentur|\b\d{1,2}(?::\d\d|\s?[ap]\.?m\b)"
        r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
        r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
    ),
)
_AMOUNT = AnswerType(
    _compile(
        r"多[少大久长高远重宽快]|几[^乎何月号点]|第几"
        r"|how (?:many|much|long|old|far|often|large|big|tall|high|fast|wide|deep|heavy|soon)"
        r"|(?:what|which) (?:percent|number|amount|proportion|size|fraction|share|rank|cost|price|rate)"
    ),
    _compile(
        rf"\d[\d.,]*|{_NUMBER_WORD}(?=[个人年月天日次名位座条种部分家岁倍成米公元周小])|{_ENGLISH_NUMBERS}"
    ),
)
_COUNTED = rf"(?:\d[\d.,]*|{_NUMBER_WORD}+|半|{_ENGLISH_NUMBERS})"
_DURATION = AnswerType(
    _compile(
        r"多久|多长时间|多少[天日周小分年个]|几个?(?:[天周年]|小时|分钟|月|星期)|时长|\bhow (?:long|soon|quickly)\b"
        r"|\bhow many (?:minutes|hours|days|weeks|months|years)\b"
    ),
    _compile(
        rf"{_COUNTED}\s*(?:个?(?:多|半)?(?:小时|分钟|星期|月)|[天周年日秒]|-?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?"
        r"|centur(?:y|ies)|miles?|km|kilomet(?:er|re)s?|met(?:er|re)s?|feet|inch(?:es)?)\b)"
    ),
)
_MONEY = AnswerType(
    _compile(
        r"多少(?:钱|元|块|费用|成本|预算)|花了?多少|成本是?多少|费用是?多少|\bhow much (?:money|did .{0,60}\bcost|does .{0,60}\bcost|do .{0,60}\bcost)"
        r"|\bwhat (?:did|does|do) .{0,60}\bcost\b|\bat what cost\b|\bwhat .{0,30}\b(?:budget|price|fee)\b"
    ),
    _compile(
        rf"[¥￥$€£]\s?\d[\d.,]*|{_COUNTED}\s*(?:百|千|万|亿)?\s*(?:元|块|美元|yuan|dollars?|euros?|pounds?|cents?|million|billion)"
    ),
)
_PERSON = AnswerType(
    _compile(r"谁|哪一?位|何人|什么人|\bwho(?:se|m)?\b|负责人"),
    re.compile(
        r"\b[A-Z][a-z]+|(?:负责|主持|撰写|由|经理|总监|主编|导演|作者|创始人)[^，。]{0,12}[\u4e00-\u9fff]{2,3}"
    ),
    tag="nr",
)
_PLACE = AnswerType(
    _compile(
        r"哪[里儿个国省市县]|何处|什么地方|\bwhere\b|(?:what|which) (?:city|country|state|place|town|location|region|area)"
    ),
    re.compile(r"[国省市县区镇村州岛山路洋海页栏]|\b(?:in|at|near|from|to|on|under) (?:the )?[A-Z]"),
    is_new=False,
)
_NAME = AnswerType(
    _compile(
        r"[叫称]作?[为之做]?什么|什么名[称字]?|[别简全昵俗]称|缩写|\b(?:called|named|known as|abbreviated)\b"
        r"|\b(?:term|word|name|nickname|synonym|abbreviation|acronym|expression|title) (?:for|of|used|given|is|was)\b"
    ),
    _compile(
        r"称[为作之]|又[称名叫]|[俗简全别]称|名为|叫做|缩写|\b(?:called|named|known as|termed|term|dubbed|denoted"
        r"|abbreviated|nicknamed?|referred to as|stands for)\b"
    ),
    is_new=False,
)
_EXAMPLE = AnswerType(
    _compile(r"例子|举例|\bexamples? of\b|\ban example\b"),
    _compile(r"例如|比如|譬如|为例|\b(?:for example|for instance|such as|e\.g\.|examples?|including)"),
    is_new=False,
)
_PURPOSE = AnswerType(
    _compile(r"目的|用途|作用|有什么用|\b(?:purpose|aim|goal|used for|function of|role of)\b"),
    _compile(
        r"目的|目标|用[于来以]|旨在|以便|为了|\b(?:purpose|aims?|aimed|goal|in order to|so that|used (?:for|to|as|by))\b"
    ),
    is_new=False,
)
_TYPES = (_NAME, _EXAMPLE, _PURPOSE, _REASON, _TIME, _DURATION, _MONEY, _AMOUNT, _PERSON, _PLACE)


def find_type(question: str) -> AnswerType | None:
    """Return the kind of answer that a question asks for, None where its words do not tell."""
    return next((kind for kind in _TYPES if kind.asks.search(question)), None)


def measure_fit(kind: AnswerType | None, sentence: str, question: str) -> float:
    """Return 1 for a sentence that holds the kind of answer asked for, 0 for one that does not, .5 where none is known."""
    if kind is None:
        return 0.5
    found = kind.find(sentence)
    return float(bool(found - kind.find(question) if kind.is_new else found))


def _tagged(text: str, tag: str) -> set[str]:
    """Return the words of a text, of two characters or more, that the segmenter's dictionary has under a tag."""
    import rjieba

    return {str(word) for word, kind in rjieba.tag(to_simplified(text)) if kind == tag and len(word) > 1}
