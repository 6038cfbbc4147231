"""A streamed reply as it comes off the line, made into the one form that every endpoint is said to speak.

Endpoints differ: calls without index or id, all under one index, or with arguments as an object; content as a list of
parts; usage in every chunk or inside a choice; a message where a delta belongs; thoughts and calls in the text. What
leaves here has none of that. Ids of calls are always ours: a model cannot forge one, and nine letters suit them all.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from assistant.errors import ReplyUnusable
from assistant.reply_text import TextReader

_COUNTS = ("prompt_tokens", "completion_tokens")
_LONGEST_REASONING = 400_000
_MOST_CALLS = 64
_MOST_TOKENS = 1_000_000_000

Chunk = dict[str, Any]


@dataclass(slots=True)
class _Call:
    """A tool call under way, as the endpoint names it."""

    index: int
    given_index: Any
    given_id: str
    name: str
    arguments: str = ""


@dataclass(slots=True)
class ReplyReader:
    """Take the chunks of one reply and give them back in one form."""

    text: TextReader = field(default_factory=TextReader)
    ids: list[str] = field(default_factory=list)
    reasoning: str = ""
    _calls: list[_Call] = field(default_factory=list)
    _usage: Mapping[str, Any] | None = None

    def read(self, chunk: Any) -> Iterator[Chunk]:
        """Read one chunk."""
        if not isinstance(chunk, dict):
            raise ReplyUnusable(en="it is not what the interface says", zh="不符合接口约定")
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        self._usage = chunk.get("usage") or choice.get("usage") or self._usage
        delta = choice.get("delta") or choice.get("message") or {}
        self.reasoning += _words(delta.get("reasoning_content") or delta.get("reasoning"))
        said = self.text.feed(_words(delta.get("content")))
        calls = [self._read_call(piece) for piece in _pieces(delta.get("tool_calls"))]
        if len(self.reasoning) > _LONGEST_REASONING or len(self._calls) > _MOST_CALLS:
            raise ReplyUnusable(en="it is too long", zh="过长")
        # An empty one is passed on too: it tells that the endpoint is at work.
        yield _chunk({"content": said, "tool_calls": calls}, choice.get("finish_reason"), chunk.get("model"))

    def finish(self) -> Iterator[Chunk]:
        """Give what was held back: the last words, the calls among them, and the usage."""
        said = self.text.finish()
        calls = [
            self._begin({"name": name, "arguments": arguments}, given_index=None, given_id="")
            for name, arguments in self.text.calls
        ]
        if said or calls:
            yield _chunk({"content": said, "tool_calls": calls})
        self.reasoning += self.text.thought
        if usage := _count(self._usage):
            yield {"choices": [], "usage": usage}

    def _read_call(self, piece: Mapping[str, Any]) -> Chunk:
        function = piece.get("function")
        function = dict(function) if isinstance(function, dict) else {}
        arguments = function.get("arguments")
        if not isinstance(arguments, str):
            arguments = json.dumps(arguments, ensure_ascii=False) if arguments else ""
        function["arguments"] = arguments
        given_id = piece.get("id") if isinstance(piece.get("id"), str) else ""
        call = self._known(piece.get("index"), given_id or "", function.get("name"))
        if call is None:
            return self._begin(function, given_index=piece.get("index"), given_id=given_id or "")
        call.arguments += arguments
        return {"index": call.index, "id": None, "function": {"name": None, "arguments": arguments}}

    def _known(self, index: Any, given_id: str, name: Any) -> _Call | None:
        """Return the call that a piece goes on with; None where it begins one."""
        if not self._calls:
            return None
        same = [c for c in self._calls if c.given_index == index] if index is not None else self._calls
        if not same:
            return None
        call = same[-1]
        if given_id and call.given_id and given_id != call.given_id:
            return None
        return None if name and not given_id and _is_whole(call.arguments) else call

    def _begin(self, function: Mapping[str, Any], *, given_index: Any, given_id: str) -> Chunk:
        name = function.get("name")
        call = _Call(len(self._calls), given_index, given_id, str(name or ""), str(function["arguments"]))
        self._calls.append(call)
        self.ids.append(uuid4().hex[:9])
        return {
            "index": call.index,
            "id": self.ids[-1],
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }


def _chunk(delta: Chunk, finish: Any = None, model: Any = None) -> Chunk:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish or None}
    return {"choices": [choice], "model": model}


def _pieces(calls: Any) -> list[dict[str, Any]]:
    return [piece for piece in calls if isinstance(piece, dict)] if isinstance(calls, list) else []


def _words(content: Any) -> str:
    """Return content as text: it may be a list of parts."""
    if isinstance(content, list):
        return "".join(_words(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _is_whole(arguments: str) -> bool:
    try:
        return isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return False


def _count(usage: Any) -> dict[str, int] | None:
    """Return the counts of a usage that holds them; None where they are missing or no counts."""
    if not isinstance(usage, Mapping):
        return None
    counts = [usage.get(name) for name in _COUNTS]
    if not all(type(n) is int and 0 <= n < _MOST_TOKENS for n in counts):
        return None
    read, written = counts
    assert read is not None
    assert written is not None
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
