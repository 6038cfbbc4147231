"""Units of numerals in both languages: scales, percent and points, currencies, and what is counted."""

import re
from typing import Literal

NumeralKind = Literal["count", "percent", "points", "multiple", "money", "discount", "date", "time"]

MULTIPLIERS = {
    "万亿": 1e12, "亿": 1e8, "万": 1e4, "w": 1e4, "千": 1e3, "百万": 1e6, "千万": 1e7,
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "b": 1e9, "billion": 1e9,
}  # fmt: skip
KINDS: tuple[tuple[str, NumeralKind, float], ...] = (
    (r"个?百分点|个点|percentage[ -]points?\b|[%％][ -]?points?\b|ppts?\b|p\.p\.|pps?\b|points?\b", "points", 1),
    (r"bps?\b|个?基点|basis points?\b", "points", 0.01),
    (r"[%％]|per[ -]?cent\b|pct\b", "percent", 1),
    (r"‰", "percent", 0.1),
    (r"倍|times\b|[x×](?!\w)|-?fold\b", "multiple", 1),
    (r"折(?![扣线旧腾])", "discount", 10),
)  # fmt: skip
UNIT = "|".join(f"(?P<u{i}>{pattern})" for i, (pattern, _, _) in enumerate(KINDS))
_CURRENCIES = {
    "CNY": r"[¥￥]|CNY|RMB|人民币|yuan\b|元|块", "USD": r"US\$|\$|USD|美元|美金|dollars?\b", "EUR": r"€|EUR|欧元|euros?\b",
    "GBP": r"£|GBP|英镑|pounds?\b", "HKD": r"HK\$|HKD|港[元币]", "JPY": r"JP¥|JPY|日元|yen\b",
}  # fmt: skip
MONEY = "|".join(_CURRENCIES.values())
#: What things are counted; a figure of users is no figure of orders.
_NOUNS = {
    "users": r"人(?!民币)|名|位|个?(?:新|老|活跃|注册)?用户|个?新?客户|users?|people|persons?|buyers?|customers?|sign-?ups?|members?",
    "orders": r"单|笔|个?订单|orders?",
    "days": r"天|日(?!均|活|留)|days?",
    "hours": r"个?小时|hours?",
}
_NOUN = re.compile(
    r"(?:\s|-|多|余|来|个|左右)*(?:(?:new|paid|active|paying|unique|daily|total|weekly|monthly|付费|支付|新)\s?){0,2}(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _NOUNS.items())
    + r")(?![a-z])",
    re.IGNORECASE,
)


#: How an answer's record names a kind.
UNIT_NAMES = {
    "percent": "%", "points": "pp", "multiple": "x", "money": "money", "count": "", "discount": "折", "date": "date", "time": "time",
}  # fmt: skip


_HEAD = re.compile(
    rf"[(（]\s*(?:单位[:：]\s*)?(?:(?P<mult>[百千]?万|亿|千|k|mn?|thousand|million)\s?)?(?:(?P<money>{MONEY})|(?:{UNIT}))?\s*[)）]",
    re.IGNORECASE,
)


def unit_in(text: str) -> tuple[NumeralKind, float, str] | None:
    """Return kind, scale and currency that words name in brackets, as the head of a table's column does.

    >>> unit_in("GMV（万元）"), unit_in("change (pp)"), unit_in("users")
    (('money', 10000.0, 'CNY'), ('points', 1.0, ''), None)
    """
    for match in _HEAD.finditer(text):
        scale = MULTIPLIERS.get((match["mult"] or "").lower(), 1.0)
        if match["money"]:
            return "money", scale, currency_of(match["money"])
        for at, (_, kind, own) in enumerate(KINDS):
            if match[f"u{at}"]:
                return kind, scale * own, ""
        if match["mult"]:
            return "count", scale, ""
    return None


def currency_of(text: str | None) -> str:
    """Return the code of a currency's symbol or name; empty for none."""
    text = (text or "").strip()
    matched = (c for c, p in reversed(_CURRENCIES.items()) if text and re.fullmatch(p, text, re.IGNORECASE))
    return next(matched, "")


#: How far behind a number what it counts is looked for.
_LOOK = 32


def noun_at(text: str, end: int) -> str:
    """Return what a number that ends here counts: users, orders, days or hours; empty where that is not said."""
    match = _NOUN.match(text, end, min(len(text), end + _LOOK))
    return (match.lastgroup or "") if match else ""
