"""Read an objective's numbers: the level or the change wanted, the budget, the deadline, and what only guards.

A number belongs to the metric named last before it in its clause; without one, to the metric that the plan moves. What
belongs to another metric ("…，退款率不超过 5%") is a guardrail and is left to the guardrails.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.analyst.vocabulary import Mention
from assistant.errors import InvalidRequest
from assistant.ledger.numerals import Numeral, find_numerals
from assistant.planning.deadline import DURATION, Deadline

_CLAUSE = re.compile(r"[，；;。！!？?\n]|,(?!\d{3})|\.(?!\d)")
_LIMIT_WORDS = (
    r"不超过|不高于|不大于|不多于|不低于|不少于|不小于|不得超过|不得低于|低于|高于|控制在|维持在?|保持在?|稳定在|至少|至多|最多|最少"
    r"|no more than|not more than|not exceed(?:ing)?|no less than|not less than|at most|at least|up to|below|under|above|over|within"
)
_ABOUT = r"(?:\s*(?:约|大约|大概|about|around|roughly))?\s*$"
_LIMIT = re.compile(rf"(?:{_LIMIT_WORDS}){_ABOUT}", re.IGNORECASE)
_TO = re.compile(
    r"(?:到|至|达|回|成|为|是|目标|→|->|=|：|:|\b(?:to|reach|reaches|reaching|at|of|target|hit))"
    rf"(?:\s*(?:{_LIMIT_WORDS}))?{_ABOUT}",
    re.IGNORECASE,
)
_UP = r"提升|提高|增加|增长|上升|上涨|涨|升|增|lift|raise|increase|grow|improve|boost|up"
_DOWN = r"降低|减少|下降|缩短|压缩|降|减|cut|reduce|lower|decrease|drop"
_BY = re.compile(rf"(?:(?:{_UP}|{_DOWN})了?|\bby)(?:\s*(?:至少|at least))?{_ABOUT}", re.IGNORECASE)
_FROM = re.compile(rf"(?:从|由|\bfrom){_ABOUT}", re.IGNORECASE)
_FALL = re.compile(rf"(?:{_DOWN})", re.IGNORECASE)
_RISE = re.compile(rf"(?:{_UP})", re.IGNORECASE)
_BUDGET = re.compile(r"预算|花费|花销|费用|成本|投入|\b(?:budget|spend|spending|cost)", re.IGNORECASE)
_BUDGET_BEHIND = re.compile(r"^\s*(?:的?预算|(?:of )?budget|to spend)", re.IGNORECASE)
_CEILING = re.compile(
    r"(?:不超过|至多|最多|控制在|at most|up to|no more than|under|within)\s*$", re.IGNORECASE
)
_CEILING_BEHIND = re.compile(r"^\s*(?:以内|之内|内|at most)", re.IGNORECASE)
_GUARDED = re.compile(
    rf"^[^，；;。,]{{0,8}}?(?:{_LIMIT_WORDS}|不变|不降|不跌|不恶化|不受影响|stays?|steady|unchanged|does not|from (?:falling|rising))",
    re.IGNORECASE,
)
_GUARDING = re.compile(
    r"(?:不影响|不损害|不伤害|不牺牲|保持|维持|without (?:hurting|harming|lowering)|keep|keeping|holding)\s*(?:the )?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Objective:
    """What an objective asks for, as far as its words say.

    Attributes:
        levels: Levels of the metric, in its own unit; more than one means that the words do not settle it.
        changes: Absolute changes, in the metric's own unit.
        relative: Relative changes; 0.1 is 10 % more.
        budgets: Most that may be spent.
        by: Day to reach it by.
    """

    levels: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    relative: list[float] = field(default_factory=list)
    budgets: list[float] = field(default_factory=list)
    by: date | None = None


def moved_metric(text: str, mentions: Sequence[Mention]) -> str | None:
    """Return the metric that the objective moves: the first named that is not merely guarded."""
    metrics = [m for m in mentions if m.kind == "metric"]
    free = [m for m in metrics if not (_GUARDED.match(text[m.end :]) or _GUARDING.search(text[: m.start]))]
    return next((m.name for m in (*free, *metrics)), None)


def read_objective(
    text: str, *, metric: str, unit: str, good: str, mentions: Sequence[Mention], deadline: Deadline | None
) -> Objective:
    """Read the numbers of an objective whose plan moves `metric`, measured in `unit`."""
    named = [m for m in mentions if m.kind == "metric"]
    reader = _Reader(text, metric, unit, good, named)
    reader.found.by = deadline.day if deadline else None
    for numeral in find_numerals(text, names=[m.words for m in mentions]):
        if numeral.value is not None and numeral.kind != "date" and not reader.is_time(numeral, deadline):
            reader.take(numeral, numeral.value)
    return reader.found


def settle(values: Iterable[float], texts: Iterable[str], parameter: str) -> float | None:
    """Return the one value; None where there is none.

    Raises:
        InvalidRequest: Two differ; the sentence names both.
    """
    known = dict(zip(values, texts, strict=True))
    if len(known) > 1:
        both = list(known.values())[:2]
        raise InvalidRequest(
            en=f"The objective can be read as {both[0]} or as {both[1]}; say which with {parameter}.",
            zh=f"目标可以理解为 {both[0]}，也可以理解为 {both[1]}；请用 {parameter} 说明是哪一个。",
            parameter=parameter,
        )
    return next(iter(known), None)


@dataclass(slots=True)
class _Reader:
    text: str
    metric: str
    unit: str
    good: str
    named: Sequence[Mention]
    found: Objective = field(default_factory=Objective)

    def take(self, numeral: Numeral, value: float) -> None:
        before, behind = self._clause(numeral)
        if self._is_budget(numeral, before, behind):
            self.found.budgets.append(value)
        elif self._governing(numeral, before) != self.metric or _FROM.search(before):
            return
        elif numeral.kind == "points":
            if self.unit == "ratio":
                self.found.changes.append(self._sign(before) * abs(value) / 100)
        elif numeral.kind == "percent" and self.unit != "ratio":
            if not _TO.search(before):
                self.found.relative.append(self._sign(before) * abs(value) / 100)
        elif self._in_unit(numeral):
            self._take_amount(numeral, value, before, behind)

    def is_time(self, numeral: Numeral, deadline: Deadline | None) -> bool:
        within = deadline is not None and deadline.start < numeral.end and numeral.start < deadline.end
        return within or (numeral.kind == "count" and bool(DURATION.match(self.text[numeral.end :])))

    def _take_amount(self, numeral: Numeral, value: float, before: str, behind: str) -> None:
        if _TO.search(before) or _LIMIT.search(before):
            self.found.levels.append(self._scaled(value))
        elif _BY.search(before) and self.unit == "ratio":  # ten percent of it, or ten points of it
            self.found.relative.append(self._sign(before) * value / 100)
            self.found.changes.append(self._sign(before) * value / 100)
        elif _BY.search(before):
            self.found.changes.append(self._sign(before) * value)
        elif self._stands_beside(numeral):
            self.found.levels.append(self._scaled(value))

    def _scaled(self, value: float) -> float:
        return value / 100 if self.unit == "ratio" else value

    def _in_unit(self, numeral: Numeral) -> bool:
        if self.unit == "ratio":
            return numeral.kind == "percent"
        return numeral.kind == "count" or (numeral.kind == "money" and self._is_money)

    @property
    def _is_money(self) -> bool:
        return self.unit.startswith("currency:")

    def _clause(self, numeral: Numeral) -> tuple[str, str]:
        starts = [m.end() for m in _CLAUSE.finditer(self.text, 0, numeral.start)]
        end = _CLAUSE.search(self.text, numeral.end)
        return (
            self.text[max(starts, default=0) : numeral.start],
            self.text[numeral.end : end.start() if end else None],
        )

    def _is_budget(self, numeral: Numeral, before: str, behind: str) -> bool:
        if numeral.kind not in ("money", "count"):
            return False
        words = list(_BUDGET.finditer(before))
        since = before[words[-1].end() :] if words else ""
        if _BUDGET_BEHIND.match(behind) or (words and not re.search(r"\d", since) and len(since) <= 16):
            return True
        if numeral.kind != "money" or self._governing(numeral, before, own="") not in ("", self.metric):
            return False
        capped = bool(_CEILING.search(before) or _CEILING_BEHIND.match(behind))
        return not self._is_money or (capped and self.good == "up")

    def _governing(self, numeral: Numeral, before: str, own: str | None = None) -> str:
        first = numeral.start - len(before)
        inside = [m.name for m in self.named if first <= m.start < numeral.start]
        return inside[-1] if inside else (self.metric if own is None else own)

    def _stands_beside(self, numeral: Numeral) -> bool:
        return any(
            m.name == self.metric and (0 <= numeral.start - m.end <= 2 or 0 <= m.start - numeral.end <= 2)
            for m in self.named
        )

    def _sign(self, before: str) -> int:
        """Return the direction that the words say; without any, the metric's good one."""
        falls, rises = _FALL.findall(before), _RISE.findall(before)
        if bool(falls) != bool(rises):
            return -1 if falls else 1
        return 1 if self.good == "up" else -1
