"""Earlier turns as messages: the latest whole, with what they showed; those before condensed to question and headline.

Condensed by rule and not by a model: it takes no time, is the same every time, and can state nothing that its answer
did not. Every marker of a condensed answer stays with it, so that it can still be named.
"""

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage

from assistant.replay.book import KeptAnswer
from assistant.toolset import evidence_text, passage_text
from assistant.turn import MARKER, Turn
from knowledge.language import split_sentences

#: Turns that are told whole, if so many characters hold them.
_WHOLE = 5
_BUDGET = 24_000
_LONGEST_QUESTION = 300
_LONGEST_HEADLINE = 300
_LIST_MARK = re.compile(r"^\s*(?:[#>*+-]+|\d+[.)、])\s+")


def tell_earlier(earlier: Sequence[KeptAnswer], turn: Turn) -> list[AnyMessage]:
    """Return the messages of earlier turns; one that the question refers to is whole, wherever it stands."""
    told: list[list[AnyMessage]] = []
    budget = _BUDGET
    for back, kept in enumerate(reversed(earlier), 1):
        whole = _tell(kept, turn)
        size = sum(len(str(message.content)) for message in whole)
        if (back <= _WHOLE and size <= budget) or _is_referred(kept, turn):
            budget -= size
            told.append(whole)
        else:
            told.append([HumanMessage(_cut(_question(kept), _LONGEST_QUESTION)), AIMessage(condense(kept))])
    return [message for messages in reversed(told) for message in messages]


def condense(kept: KeptAnswer) -> str:
    """Return an answer's headline, with the markers of all that it leans on."""
    text = kept.answer.text
    headline = ""
    for sentence in (s for line in text.splitlines() for s in split_sentences(_LIST_MARK.sub("", line))):
        if headline and len(headline) + len(sentence) > _LONGEST_HEADLINE:
            break
        headline = f"{headline} {sentence.strip()}".strip()
    headline = _cut(headline, 2 * _LONGEST_HEADLINE)
    shown = set(MARKER.findall(headline))
    others = [i for i in kept.answer.shown if i.marker not in shown]
    named = "; ".join(f"[{item.marker}] {item.title}" for item in others)
    cut = " …" if len(headline) < len(text) else ""
    return f"{headline}{cut} ({named})" if named else f"{headline}{cut}"


def _tell(kept: KeptAnswer, turn: Turn) -> list[AnyMessage]:
    """Return a turn whole: its question, what it showed as its tools returned it, its answer."""
    calls: list[ToolCall] = []
    results: list[AnyMessage] = []
    for item in kept.answer.evidence:
        call = _call(kept, item.tool, item.arguments, len(calls))
        calls.append(call)
        results.append(ToolMessage(evidence_text(item), name=item.tool, tool_call_id=call["id"]))
    passages = [p for c in kept.answer.citations if (p := turn.passages.get(c.marker)) is not None]
    if passages:
        call = _call(kept, "search_knowledge", {"query": _question(kept)}, len(calls))
        calls.append(call)
        results.append(ToolMessage(passage_text(passages), name=call["name"], tool_call_id=call["id"]))
    looked_up: list[AnyMessage] = [AIMessage("", tool_calls=calls), *results] if calls else []
    return [HumanMessage(_question(kept)), *looked_up, AIMessage(kept.answer.text)]


def _call(kept: KeptAnswer, tool: str, arguments: dict, number: int) -> ToolCall:
    return ToolCall(name=tool, args=arguments, id=f"{kept.answer.id}-{number}")


def _question(kept: KeptAnswer) -> str:
    return kept.answer.taken_as or kept.answer.question


def _is_referred(kept: KeptAnswer, turn: Turn) -> bool:
    return any(i.marker in turn.referred for i in kept.answer.shown)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
