"""What a note says of a feature: there or not, a number with its unit, not known, or words."""

import re
from dataclasses import dataclass
from typing import Literal

from tools.declarations import fold
from tools.results import Text

Status = Literal["yes", "no", "unknown"]
#: Words that say that something came or went are states, too: what was launched is there.
LAUNCHED = frozenset(
    (
        "上线",
        "已上线",
        "新上线",
        "新增",
        "推出",
        "已推出",
        "开放",
        "launched",
        "added",
        "released",
        "introduced",
    )
)
REMOVED = frozenset(
    (
        "下线",
        "已下线",
        "取消",
        "已取消",
        "移除",
        "停用",
        "removed",
        "dropped",
        "discontinued",
        "withdrawn",
        "retired",
    )
)
_STATUS: dict[Status, frozenset[str]] = {
    "yes": LAUNCHED
    | {
        "有",
        "是",
        "支持",
        "已支持",
        "具备",
        "yes",
        "y",
        "true",
        "✓",
        "✔",
        "√",
        "available",
        "supported",
        "live",
    },
    "no": REMOVED
    | {"无", "没有", "否", "不支持", "暂无", "未上线", "no", "n", "false", "✗", "✘", "×", "none"}
    | {"unavailable", "unsupported", "not available", "not supported"},
    "unknown": frozenset(
        (
            "未知",
            "不详",
            "不明",
            "待确认",
            "待核实",
            "?",
            "unknown",
            "unclear",
            "unsure",
            "tbc",
            "tbd",
            "n/a",
            "not known",
        )
    ),
}
_STATUS_TEXT: dict[Status, Text] = {
    "yes": Text("有", "yes"),
    "no": Text("无", "no"),
    "unknown": Text("未知", "unknown"),
}
_NUMBER = re.compile(
    r"(?P<before>\D*?)(?P<number>[+-]?\d[\d,]*(?:\.\d+)?)(?P<scale>\s*[万亿])?(?P<after>\D*)"
)
_SCALES = {"": 1.0, "万": 1e4, "亿": 1e8}
_UNITS = (
    (re.compile(r"¥|￥|人民币|rmb|cny|(?:块|元)(?:钱)?"), "cny"),
    (re.compile(r"us\$|\$|美元|usd"), "usd"),
    (re.compile(r"€|欧元|eur"), "eur"),
    (re.compile(r"(?:/|每|per |an? )\s*个?(?:月|months?\b|mo\b)"), "/month"),
    (re.compile(r"(?:/|每|per |an? )\s*(?:年|years?\b|yr\b)"), "/year"),
)
#: Before a number there may be a currency and little else: v4.10 is no number.
_LEAD = re.compile(r"(?:约|大约|about|approx\.?)?\s*(?:cny|usd|eur)?")


@dataclass(frozen=True, slots=True)
class Value:
    """What was noted.

    Attributes:
        text: as it was written.
        key: two values with the same key are the same.
        status: whether the feature is there, where the text says that; `unknown` where it says that nobody knows.
        amount, unit: of a number.
    """

    text: str
    key: str
    status: Status | None = None
    amount: float | None = None
    unit: str | None = None

    def say(self, language: str) -> str:
        """Give the text, led by yes or no where it says that in the other language.

        >>> read_value("已上线").say("en"), read_value("yes").say("zh"), read_value("¥15").say("en")
        ('yes (已上线)', '有（yes）', '¥15')
        """
        if self.status is None or self.text.isascii() != (language == "zh"):
            return self.text
        told = _STATUS_TEXT[self.status].in_language(language)
        return f"{told}（{self.text}）" if language == "zh" else f"{told} ({self.text})"

    @property
    def event(self) -> Literal["added", "removed"] | None:
        """What the words say that happened, beside how it is now."""
        word = _bare(self.text)
        return "added" if word in LAUNCHED else "removed" if word in REMOVED else None


def read_value(text: str) -> Value:
    """Read what a note says.

    >>> read_value("已上线").status, read_value("¥1,800/月").amount, read_value("15 yuan").unit
    ('yes', 1800.0, 'yuan')
    >>> read_value("18 元/月").key == read_value("￥18 per month").key, read_value("9-19 元").amount
    (True, None)
    """
    word = _bare(text)
    for status, words in _STATUS.items():
        if word in words:
            return Value(text, status, status=status)
    if (match := _NUMBER.fullmatch(word)) and _LEAD.fullmatch(_name_units(match["before"]).strip()):
        unit = "".join(_name_units(match["before"] + match["after"]).split())
        amount = float(match["number"].replace(",", "")) * _SCALES[(match["scale"] or "").strip()]
        return Value(text, f"{amount:g} {unit}", amount=amount, unit=unit)
    return Value(text, word)


def _bare(text: str) -> str:
    return fold(text).strip("。.!！ ") or fold(text)


def _name_units(text: str) -> str:
    for pattern, name in _UNITS:
        text = pattern.sub(name, text)
    return text
