"""What must not be shown of a text: telephone numbers, addresses, numbers of people and cards, links."""

import re

from tools.feedback.words import clean

_LONGEST = 120
_MASKS = (
    (re.compile(r"[A-Za-z0-9._+-]+\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "[email]"),
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "[link]"),
    (
        re.compile(r"((?:微信|weixin|wechat|wx|qq|vx|telegram|whatsapp)(?:号|id)?\s*[:：是]?\s*)[a-z0-9_-]{5,}", re.I),
        r"\1[id]",
    ),
    (re.compile(r"(?<![A-Za-z0-9.])\d{17}[\dXx](?![A-Za-z0-9])"), "[id]"),
    (re.compile(r"(?<![A-Za-z0-9.])\+?(?:\d[\s()-]{0,2}){7,}\d(?![A-Za-z0-9])"), "[number]"),
    (re.compile(r"(?<![A-Za-z0-9])@[\w.-]+"), "[name]"),
)  # fmt: skip


def mask(text: str) -> str:
    """Return a text fit to be shown: one line, at most 120 characters, without what tells of a person.

    >>> mask("打我电话 138-0013-8000 或 wei@qq.com，加微信：abc_12345")
    '打我电话 [number] 或 [email],加微信:[id]'
    >>> mask("see https://e.example/x?u=1, @anna")
    'see [link] [name]'
    """
    shown = clean(text)
    for pattern, mark in _MASKS:
        shown = pattern.sub(mark, shown)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1].rstrip() + "…"
