"""Questions about moving money: from which channel to which, and how much of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.analyst.vocabulary import Mention
from assistant.ledger.numerals import find_numerals
from tools.catalog import TOOLS
from tools.semantics import Semantics

Side = Literal["take_from", "give_to"]
#: Tools that move something from one value of a dimension to another.
MOVE_TOOLS = frozenset(
    tool.name for tool in TOOLS if {"take_from", "give_to"} <= tool.arguments.model_fields.keys()
)


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NAME = r"[A-Za-z][\w&'-]*(?: [A-Za-z][\w&-]*){0,2}?"
_BEFORE: dict[Side, re.Pattern[str]] = {
    "give_to": _rule(r"(?:到|给|至|向|往|入)\s*$|\b(?:to|into|towards?|onto)\s+(?:the\s+)?$"),
    "take_from": _rule(r"(?:从|把|将|由|少投|减少|砍掉?)\s*$|\b(?:from|of|cut|reduce)\s+(?:the\s+)?$"),
}
_OWNED = _rule(r"\s*的|['’]s\b")
#: Names that nothing knows, so that the tool can say so.
_UNKNOWN: dict[Side, tuple[re.Pattern[str], ...]] = {
    "give_to": (
        _rule(
            r"(?:挪|移|转|调|分|投|划|拨|匀|换)\w?(?:到|给|至|向|往|入)\s*(?P<name>[^\s，。？?！!,、]{1,10}?)(?=上|里|那边|会|将|能|可以|怎|如何|呢|吗|[，。？?！!,、\s]|$)"
        ),
        _rule(
            rf"\b(?:to|into|towards?)\s+(?:the\s+)?(?P<name>{_NAME})(?=\s*(?:[?.,;!]|$|\b(?:in|for|per|an?|each|every|what|how|would|will|instead)\b))"
        ),
    ),
    "take_from": (
        _rule(r"(?:从|把|将)\s*(?P<name>[^\s，。？?！!,、\d的]{1,10}?)\s*(?=的|挪|移|转|调|拿|抽|分|拨|\d)"),
        _rule(
            rf"\b(?:from|of)\s+(?:the\s+)?(?P<name>{_NAME})(?=['’]s|\s+(?:budgets?|spend(?:ing)?|to|into)\b)"
        ),
    ),
}
_NO_NAME = _rule(r"预算|花费|投放|钱|部分|budgets?|spend(?:ing)?|money|it|our.*|channels?")
_PART = ((_rule(r"一半|\bhalf\b"), 0.5), (_rule(r"全部|所有|\ball\b"), 1.0))
_HAN_AMOUNT = _rule(r"(?<![\d\s])[一二两三四五六七八九十百千万]+[百千万]")
_PER = (
    ("day", _rule(r"每[天日]|一天|[/／][天日]|\b(?:a|per|each|every) day\b|\bdaily\b")),
    ("week", _rule(r"每(?:个)?(?:周|星期)|一周|[/／]周|\b(?:a|per|each|every) week\b|\bweekly\b")),
    ("month", _rule(r"每个?月|一个月|[/／]月|\b(?:a|per|each|every) month\b|\bmonthly\b")),
)
_BUDGET = _rule(r"预算|\bbudgets?\b")
#: Words of asking that limit nothing here.
_PLAIN = _rule(
    r"如果|假如|若是|要是|会?怎么?样|会如何|结果|预算|花费|投放|[挪移转调]\w?[到给至]?|少投|多投|每[天日周月]|一半|全部|所有|[百千万元块]"
    r"|\bif\b|\bmoved?\b|\bmoving\b|\bshift(?:ed|ing)?\b|\bbudgets?\b|\bspend(?:ing)?\b|\bhappens?\b|\bhalf\b|\bmonthly\b|\bweekly\b|\bdaily\b|\d+k\b"
)


@dataclass(frozen=True, slots=True)
class MoveReading:
    """How a question about moving money is read.

    Attributes:
        options: the arguments that it states.
        dimensions: of the values that it moves between, which therefore filter nothing.
        rest: the question less what was read.
    """

    options: dict[str, Any]
    dimensions: frozenset[str]
    rest: str


def read_move(
    text: str, tool: str | None, mentions: Sequence[Mention], semantics: Semantics | None
) -> MoveReading | None:
    """Read what a question (Simplified, less its periods) wants moved; None where the tool moves nothing.

    Args:
        text: the question.
        tool: what it asks for.
        mentions: of the workspace's words in it.
        semantics: of the workspace.
    """
    if tool not in MOVE_TOOLS or semantics is None:
        return None
    dimensions = frozenset(spend.dimension for spend in semantics.spend.values())
    values = [m for m in mentions if m.kind == "value" and m.dimension in dimensions]
    sides, spans = _known_sides(text, values)
    blank = _blank(text, [(m.start, m.end) for m in values])
    for side in _UNKNOWN:
        if side not in sides and (found := _unknown_name(blank, side)):
            sides[side] = found["name"].strip()
            spans.append(found.span("name"))
    options = sides | _amount(text, bool(semantics.budgets))
    spans += [match.span() for match in _PLAIN.finditer(text)]
    spans += [(numeral.start, numeral.end) for numeral in find_numerals(text)]
    return MoveReading(options, dimensions, _blank(text, spans))


def _known_sides(text: str, values: Sequence[Mention]) -> tuple[dict[str, str], list[tuple[int, int]]]:
    """Tell from the words around them which value is taken from and which is given to."""
    sides: dict[str, str] = {}
    loose = []
    for value in values:
        before, after = text[: value.start], text[value.end :]
        if "give_to" not in sides and _BEFORE["give_to"].search(before):
            sides["give_to"] = value.name
        elif "take_from" not in sides and (_BEFORE["take_from"].search(before) or _OWNED.match(after)):
            sides["take_from"] = value.name
        else:
            loose.append(value.name)
    for side, name in zip([s for s in ("take_from", "give_to") if s not in sides], loose, strict=False):
        sides[side] = name
    return sides, [(value.start, value.end) for value in values]


def _unknown_name(text: str, side: Side) -> re.Match[str] | None:
    found = [match for pattern in _UNKNOWN[side] for match in pattern.finditer(text)]
    named = [match for match in found if not _NO_NAME.fullmatch(match["name"].strip())]
    return named[-1] if named else None


def _amount(text: str, has_budgets: bool) -> dict[str, Any]:
    """Return the amount or the share; an amount of budget is a month's, as budgets are."""
    numerals = [n for n in find_numerals(text) if n.value is not None and n.value > 0]
    share = next((n.value for n in numerals if n.kind == "percent"), None)
    part = next((part for pattern, part in _PART if pattern.search(text)), None)
    if share is not None or (part is not None and not any(n.kind in ("money", "count") for n in numerals)):
        return {"share": share / 100 if share is not None else part}
    amount = next((n.value for kind in ("money", "count") for n in numerals if n.kind == kind), None)
    amount = amount or _chinese_amount(text)
    if amount is None:
        return {}
    stated = next((per for per, pattern in _PER if pattern.search(text)), None)
    usual = "month" if has_budgets and _BUDGET.search(text) else "week"
    return {"amount": amount, "per": stated or usual}


def _chinese_amount(text: str) -> float | None:
    import cn2an

    match = _HAN_AMOUNT.search(text)
    if match is None:
        return None
    try:
        return float(cn2an.cn2an(match.group().replace("两", "二"), "smart"))
    except ValueError:
        return None


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
