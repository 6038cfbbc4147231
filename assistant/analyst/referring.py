"""Questions about what an earlier answer showed: shown again with its definition, or measured another way."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.analyst.measurements import write_figures
from assistant.analyst.periods import Period, month_of
from assistant.analyst.reading import Intent, Reading
from assistant.analyst.tool_choice import TOOL_INTENTS
from assistant.answer import Evidence
from assistant.conversation.references import strip_references
from assistant.planning.tactics import read_card
from assistant.quotes import score_quote
from assistant.turn import Passage, Turn

#: How it came about, what it says, or nothing but which one is meant.
_ABOUT = re.compile(
    r"^\W*(?:呢|是什么|什么意思|再看看?)?\W*$|怎么[算来得]|如何(?:计算|得出|统计)|口径|定义|什么意思|来源|出处|原文|依据"
    r"|\b(?:comput|calculat|defin|measur)(?:ed?|ing|ition)?\b|\bmeans?\b|\bsources?\b|\bcomes? from\b|\bquote",
    re.IGNORECASE,
)
_COVERED = (
    "metric",
    "metrics",
    "start",
    "end",
    "compare_start",
    "compare_end",
    "filters",
    "breakdown",
    "interval",
)
_LONGEST_QUOTE = 600


def show_referred(turn: Turn) -> str | None:
    """Return what the question names as it was shown; None where it asks for something new of a measurement."""
    if not turn.referred:
        return None
    passages = [turn.passages[marker] for marker in turn.referred if marker in turn.passages]
    evidence = [turn.evidence[marker] for marker in turn.referred if marker in turn.evidence]
    if evidence and not _ABOUT.search(strip_references(turn.question)):
        return None
    shown = [_show_evidence(item, turn) for item in evidence]
    return "\n\n".join([*shown, *(_show_passage(passage, turn) for passage in passages)]) or None


def read_referred(turn: Turn) -> Reading | None:
    """Return the reading of the measurement that the question names, or the one before it did; None where there is none."""
    markers = turn.referred or ((turn.follows,) if turn.follows else ())
    item = next((turn.evidence[marker] for marker in markers if marker in turn.evidence), None)
    if item is None:
        return None
    given = item.arguments
    metric, filters = given.get("metric"), dict(given.get("filters") or {})
    segments = tuple(filters.pop("segment", ()))
    intents: dict[str, Intent] = {"measure_metric": "metric", "explain_change": "explain"}
    intent = intents.get(item.tool) or TOOL_INTENTS.get(item.tool, "tool")
    return Reading(
        intent=intent,
        question="",
        language=turn.language,
        metrics=(metric,) if metric else tuple(given.get("metrics") or ()),
        period=_period(given, "start", "end"),
        compared=_period(given, "compare_start", "compare_end"),
        breakdown=given.get("breakdown"),
        filters={name: list(values) for name, values in filters.items()},
        interval=given.get("interval"),
        tool=None if item.tool in intents else item.tool,
        options={name: value for name, value in given.items() if name not in _COVERED},
        segments=segments,
    )


def _period(given: Mapping[str, Any], first: str, last: str) -> Period | None:
    if not (given.get(first) and given.get(last)):
        return None
    start, end = date.fromisoformat(str(given[first])), date.fromisoformat(str(given[last]))
    month = month_of(start, "")
    if (month.start, month.end) == (start, end):
        return month
    return Period(start, end, "", "week" if (end - start).days == 6 else "days")


def _show_evidence(item: Evidence, turn: Turn) -> str:
    card = turn.say(zh="它的口径逐项列在下面。", en="Its definition is listed below, line by line.")
    return f"{write_figures(item, turn)}\n\n{card}"


def _show_passage(passage: Passage, turn: Turn) -> str:
    """Quote a passage: as a whole, or where it is long from the sentence that says most of what is asked."""
    day_zh, day_en = (f"（{d}）", f" ({d})") if (d := passage.effective_date) else ("", "")
    mark = f"[{passage.marker}]"
    lead = turn.say(zh=f"《{passage.title}》{day_zh}{mark}", en=f"From “{passage.title}”{day_en} {mark}")
    if (card := read_card(passage.text)) is not None:
        name, basis, steps = (getattr(part, turn.language) for part in (card.name, card.basis, card.steps))
        lines = [name, basis, *steps]
        return "\n".join([lead, "", *(f"- “{line}” {mark}" for line in lines)])
    text = passage.text.strip()
    if len(text) > _LONGEST_QUOTE:
        quote = score_quote(strip_references(turn.question), text)[1]
        start = text.find(quote)
        text = text[start : start + _LONGEST_QUOTE].rsplit("\n", 1)[0].strip() or quote
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join([lead, "", *(f"> “{line}” {mark}" for line in lines)])
