"""What a question refers to of what earlier answers showed: [E1], the figure above, the second one."""

import re
from collections.abc import Sequence

from assistant.answer import Answer
from assistant.turn import markers_of

_MARKED = re.compile(r"[\[【［]E?\d{1,3}[\]】］]|(?<![A-Za-z0-9])E\d{1,3}(?![A-Za-z0-9])")
_FIGURE = re.compile(
    r"(?:上面|上述|刚才|刚刚|前面|之前|上一个)(?:的|那个?|这个?|提到|说|给出){0,3}(?:数字?|数值|数据|指标|结果|图表?|表)"
    r"|\b(?:the|that|this) (?:figure|number|result|value|chart|table)s? (?:above|before)\b"
    r"|\b(?:that|this|the above|the last|the previous) (?:figure|number|result|value|chart|table)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\s*(?:那么?|还有|看看?|说说|展开)?第(?P<zh>[一二三四五六七八九十]|\d{1,2})(?:个|条|项|点|种|份|篇)"
    r"(?:呢|怎么样|是什么|是啥|怎么做|怎么说|(?:展开|详细)?说说|详情)?[\s?？。!！]*"
    r"|\s*(?:and |what about |how about |show me |(?:tell me )?(?:more )?(?:about |on )?)*(?:the )?"
    r"(?P<en>first|second|third|fourth|fifth|\d{1,2}(?:st|nd|rd|th))(?: (?:one|item|point|option|source))?[\s?.!]*",
    re.IGNORECASE,
)
_NUMBERS = "一二三四五六七八九十"
_WORDS = ("first", "second", "third", "fourth", "fifth")
_LISTED = re.compile(r"\s*(?:[-*+]|\d+[.)、])\s")


def find_references(question: str, earlier: Sequence[Answer]) -> tuple[str, ...]:
    """Return the markers that a question refers to, of those that earlier answers of its conversation showed."""
    shown = {item.marker for answer in earlier for item in answer.shown}
    named = [marker.strip("[【［]】］") for marker in _MARKED.findall(question)]
    if found := tuple(dict.fromkeys(marker for marker in named if marker in shown)):
        return found
    if _FIGURE.search(question):
        latest = next((answer for answer in reversed(earlier) if answer.evidence), None)
        return (latest.evidence[0].marker,) if latest else ()
    if earlier and (place := find_ordinal(question)):
        return _listed(earlier[-1])[place - 1 : place]
    return ()


def name_unknown(question: str, earlier: Sequence[Answer]) -> tuple[str, ...]:
    """Return the markers in brackets that a question names and no earlier answer showed."""
    shown = {item.marker for answer in earlier for item in answer.shown}
    return tuple(marker for marker in markers_of(question) if marker not in shown)


def find_ordinal(question: str) -> int | None:
    """Return the number of a question that says no more than which one is meant.

    >>> find_ordinal("那第二个呢？"), find_ordinal("the third one"), find_ordinal("第二个月的留存呢")
    (2, 3, None)
    """
    if (match := _ORDINAL.fullmatch(question)) is None:
        return None
    if said := match["zh"]:
        return int(said) if said.isdigit() else 1 + _NUMBERS.index(said)
    word = match["en"].lower()
    return 1 + _WORDS.index(word) if word in _WORDS else int(word[:-2])


def strip_references(question: str) -> str:
    """Return a question without the words that refer to what was shown.

    >>> strip_references("[E1] 按渠道看"), strip_references("那第二个呢？"), strip_references("how was the figure above computed?")
    ('按渠道看', '', 'how was computed?')
    """
    if _ORDINAL.fullmatch(question):
        return ""
    return " ".join(_FIGURE.sub(" ", _MARKED.sub(" ", question)).split())


def _listed(answer: Answer) -> tuple[str, ...]:
    """Return the markers of what an answer lists, in its order: of its last list, else its figures, else its sources."""
    for block in reversed(re.split(r"\n\s*\n", answer.text)):
        lines = [markers_of(line) for line in block.splitlines() if _LISTED.match(line)]
        if len(lines) > 1 and all(lines):
            return tuple(markers[-1] for markers in lines)
    shown = answer.evidence if len(answer.evidence) > 1 else answer.citations or answer.evidence
    return tuple(item.marker for item in shown)
