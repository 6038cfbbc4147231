"""The text of a reply as it comes, parted into what is said, what is thought, and tool calls written as text.

Models without tool calls of their own, or behind a server that does not read them, write them as JSON, bare or in a
code block, or in `<tool_call>` tags; models that reason write `<think>…</think>` before what they say.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import ReplyUnusable

_CALL = "<tool_call>"
#: What begins something that is not said, and what ends it.
_CLOSINGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    _CALL: "</tool_call>",
    "```": "```",
}
_THOUGHTS = frozenset({"<think>", "<thinking>"})
#: A thought that began before the reply did: some servers keep the tag that opens it to themselves.
ORPHAN = re.compile(r"^.*</think(?:ing)?>", re.DOTALL)
#: What is JSON, or may become it with what follows.
_JSON_BEGUN = re.compile(r"[\[\s]*(?:\{\s*(?:$|\")|$)")
_LANGUAGE = re.compile(r"^\w+\n")
_LONGEST_HELD = 40_000
_LONGEST_THOUGHT = 400_000
_XML = re.compile(r"<function=([\w.-]+)>(.*?)(?:</function>|\Z)", re.DOTALL)
_XML_ARGUMENT = re.compile(r"<parameter=(\w+)>\n?(.*?)\n?</parameter>", re.DOTALL)

#: A tool call: its name and its arguments as JSON.
WrittenCall = tuple[str, str]


@dataclass(slots=True)
class TextReader:
    """Take the text of one reply piece by piece."""

    calls: list[WrittenCall] = field(default_factory=list)
    thought: str = ""
    _held: str = ""
    _opening: str | None = None
    #: Whether nothing was said yet, so that bare JSON may begin.
    _at_start: bool = True

    def feed(self, piece: str) -> str:
        """Add a piece; return what is said in it."""
        self._held += piece
        said = ""
        while (part := self._take()) is not None:
            said += part
        if len(self._held) > _LONGEST_HELD or len(self.thought) > _LONGEST_THOUGHT:
            raise ReplyUnusable(en="it is too long", zh="过长")
        return said

    def finish(self) -> str:
        """Return what is said in the rest."""
        rest, self._held = self._held, ""
        if self._opening in _THOUGHTS:
            self.thought += rest
            return ""
        return self._settle(self._opening or "", rest, "")

    def _take(self) -> str | None:
        """Take the next whole part off what is held; return what is said in it, None where more must come first."""
        if self._opening:
            return self._take_inside(self._opening)
        if self._at_start:
            self._held = text = self._held.lstrip()
            if _JSON_BEGUN.match(text):
                return None  # blank so far, or JSON, which is read as a whole
            self._at_start = any(text.startswith(o) or o.startswith(text) for o in _CLOSINGS)
        return self._take_said()

    def _take_said(self) -> str | None:
        found = [(place, o) for o in _CLOSINGS if (place := self._held.find(o)) >= 0]
        if found:
            place, self._opening = min(found)
            said, self._held = self._held[:place], self._held[place + len(self._opening) :]
            return said
        keep = max((n for o in _CLOSINGS for n in range(1, len(o)) if self._held.endswith(o[:n])), default=0)
        cut = len(self._held) - keep
        said, self._held = self._held[:cut], self._held[cut:]
        return said or None

    def _take_inside(self, opening: str) -> str | None:
        closing = _CLOSINGS[opening]
        place = self._held.find(closing)
        if place < 0:
            if opening in _THOUGHTS:  # a thought may be longer than what is held
                cut = max(len(self._held) - len(closing), 0)
                self.thought += self._held[:cut]
                self._held = self._held[cut:]
            return None
        inside, self._held = self._held[:place], self._held[place + len(closing) :]
        self._opening = None
        if opening in _THOUGHTS:
            self.thought += inside
            return ""
        return self._settle(opening, inside, closing)

    def _settle(self, opening: str, inside: str, closing: str) -> str:
        """Take calls out of what may be some; return it as said where it is not."""
        calls = read_calls(inside)
        if opening == _CALL and not calls:
            raise ReplyUnusable(
                en="a tool call in it cannot be read", zh="其中的工具调用无法解读", is_outage=False
            )
        self.calls += calls
        return "" if calls else opening + inside + closing


def read_calls(text: str) -> list[WrittenCall]:
    """Return the tool calls that a text consists of; none where it is anything else."""
    body = _LANGUAGE.sub("", text.strip()).strip()
    if found := _XML.findall(body):
        return [(name, _dump(_xml_arguments(inside))) for name, inside in found]
    decoder, values = json.JSONDecoder(), []
    while body:
        try:
            value, end = decoder.raw_decode(body)
        except (ValueError, RecursionError):
            return []
        values += value if isinstance(value, list) else [value]
        body = body[end:].lstrip(", \n\t")
    calls = [_read_call(value) for value in values]
    return [call for call in calls if call] if all(calls) else []


def _read_call(value: Any) -> WrittenCall | None:
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    call = inner if isinstance(inner, dict) else value
    name = call.get("name", inner)
    arguments = call.get("arguments", call.get("parameters"))
    if not isinstance(name, str) or not isinstance(arguments, dict | str):
        return None
    return name, arguments if isinstance(arguments, str) else _dump(arguments)


def _xml_arguments(inside: str) -> dict[str, Any]:
    return {name: _value(text) for name, text in _XML_ARGUMENT.findall(inside)}


def _value(text: str) -> Any:
    """Return what a parameter's text says: a list, a number or a mapping where it is JSON, else the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _dump(arguments: Any) -> str:
    return json.dumps(arguments, ensure_ascii=False)
