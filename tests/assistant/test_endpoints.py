"""What endpoints do in their own way: each ends in the model's answer, or in the analyst's with the reason."""

import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from assistant.access import OWNER
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.model_settings import ModelSettings
from assistant.settings import Settings
from assistant.workspace import Workspace
from tests.assistant.checks import check_answer, check_events
from tests.assistant.conftest import model_settings
from tests.assistant.model_server import API_KEY, MODEL, Call, ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

_QUERY = {"query": "什么是 KOC？"}
_SAID = "KOC 见文档 [1]。"
_CALL = json.dumps({"name": "search_knowledge", "arguments": _QUERY}, ensure_ascii=False)


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"id": "x", "model": MODEL, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def calls(*pieces: dict[str, Any], finish: str = "tool_calls") -> Reply:
    """A reply whose tool calls come in these pieces."""
    return Reply(raw=(*(chunk(tool_calls=[piece]) for piece in pieces), chunk(finish)))


def piece(arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "search_knowledge", "arguments": arguments}, **fields}


_WHOLE = json.dumps(_QUERY, ensure_ascii=False)
#: The first reply calls for a search; the second one answers.
_QUIRKS: dict[str, tuple[Reply, Reply]] = {
    "arguments as an object": (calls(piece(_QUERY, index=0, id="c")), Reply(_SAID)),
    "no index, no id": (calls(piece(_WHOLE)), Reply(_SAID)),
    "an empty id": (calls(piece(_WHOLE, index=0, id="")), Reply(_SAID)),
    "no type, a stop for an end (Ollama)": (
        calls({"index": 0, "id": "c", "function": {"name": "search_knowledge", "arguments": _WHOLE}}, finish="stop"),
        Reply(_SAID),
    ),
    "two calls under one index": (calls(piece(_WHOLE, index=0, id="a"), piece(_WHOLE, index=0, id="b")), Reply(_SAID)),
    "two calls without index or id": (calls(piece(_WHOLE), piece(_WHOLE)), Reply(_SAID)),
    "two calls of one id": (calls(piece(_WHOLE, index=0, id="a"), piece(_WHOLE, index=1, id="a")), Reply(_SAID)),
    "pieces without index": (
        calls(piece("{"), {"function": {"arguments": _WHOLE[1:]}}),
        Reply(_SAID),
    ),
    "the name in every piece (vLLM)": (calls(piece("{", index=0, id="a"), piece(_WHOLE[1:], index=0, id="a")), Reply(_SAID)),
    "ids of the analyst's": (calls(piece(_WHOLE, index=0, id="analyst-1")), Reply(_SAID)),
    "empty lists and nulls (vLLM)": (
        Reply(raw=(
            chunk(role="assistant", content=None, tool_calls=[]),
            chunk(tool_calls=[piece(_WHOLE, index=0, id="c")], content=None, function_call=None),
            chunk("tool_calls", content=""),
        )),
        Reply(raw=(chunk(content=_SAID, tool_calls=[]), chunk("stop", content=None))),
    ),
    "a prelude without choices (Azure)": (
        Reply(raw=({"choices": [], "prompt_filter_results": []}, *calls(piece(_WHOLE, index=0, id="c")).raw)),
        Reply(raw=({"choices": [], "model": ""}, chunk(content=_SAID), {"choices": [{"finish_reason": "stop"}]})),
    ),
    "reasoning beside the text (DeepSeek)": (
        Reply(raw=(chunk(reasoning_content="先查 87% 的说法。"), *calls(piece(_WHOLE, index=0, id="c")).raw)),
        Reply(raw=(chunk(reasoning_content="够了。"), chunk(content=_SAID), chunk("stop"))),
    ),
    "thoughts in the text (Qwen)": (
        Reply(f"<think>\n用户问 KOC，留存 87%。\n</think>\n\n<tool_call>\n{_CALL}\n</tool_call>", piece=3),
        Reply(f"<think>\n够了，87%。\n</think>\n\n{_SAID}", piece=2),
    ),
    "the end of a thought alone": (
        Reply(calls=(Call("search_knowledge", _QUERY),)),
        Reply(f"用户问 KOC，留存 87%。\n</think>\n\n{_SAID}"),
    ),
    "a call in tags": (Reply(f"我先查一下。<tool_call>{_CALL}</tool_call>"), Reply(_SAID)),
    "a call in XML (Qwen coder)": (
        Reply("<tool_call>\n<function=search_knowledge>\n<parameter=query>\n什么是 KOC？\n</parameter>\n</function>\n</tool_call>"),
        Reply(_SAID),
    ),
    "a call as JSON": (Reply(_CALL, piece=1), Reply(_SAID)),
    "a call as JSON in a code block": (Reply(f"我先查一下。\n```json\n{_CALL}\n```"), Reply(_SAID)),
    "a list of calls as JSON": (Reply(f"[{_CALL}]"), Reply(_SAID)),
    "parameters for arguments (Llama)": (
        Reply(json.dumps({"name": "search_knowledge", "parameters": _QUERY})), Reply(_SAID),
    ),
    "the whole reply at once": (Reply(calls=(Call("search_knowledge", _QUERY),), whole=True), Reply(_SAID, whole=True)),
    "content in parts": (
        Reply(calls=(Call("search_knowledge", _QUERY),)),
        Reply(raw=(chunk(content=[{"type": "text", "text": _SAID}]), chunk("stop"))),
    ),
    "an answer that begins with a bracket": (
        Reply(calls=(Call("search_knowledge", _QUERY),)), Reply("[1] 说明了 KOC。", piece=1),
    ),
    "another role": (
        Reply(calls=(Call("search_knowledge", _QUERY),)),
        Reply(raw=(chunk(role="user", content=_SAID), chunk("stop"))),
    ),
}  # fmt: skip


async def asked(assistant: Assistant, question: str = "什么是 KOC？") -> Answer:
    answer = check_events([event async for event in assistant.events(question, principal=OWNER)])
    check_answer(answer, assistant, OWNER)
    return answer


@pytest.mark.parametrize("quirk", _QUIRKS)
async def test_an_endpoints_own_way_leads_to_the_models_answer(
    quirk: str, scripted: Assistant, model: ModelServer
) -> None:
    model.play(*_QUIRKS[quirk])
    answer = await asked(scripted)
    assert answer.model == MODEL, answer.warnings
    assert not answer.warnings
    assert answer.citations
    assert "KOC" in answer.text
    assert not re.search("87|think|tool_call|先查", answer.text)
    sent = model.requests[-1]["messages"]
    (made,) = [message["tool_calls"] for message in sent if message.get("tool_calls")]
    assert all(json.loads(call["function"]["arguments"]) == _QUERY for call in made)
    ids = [call["id"] for call in made]
    assert len(set(ids)) == len(ids) == (2 if quirk.startswith("two") else 1)
    assert all(re.fullmatch("[0-9a-f]{9}", one) for one in ids)
    assert ids == [message["tool_call_id"] for message in sent if message["role"] == "tool"]
    assert "reasoning_content" not in json.dumps(sent)


_REFUSALS: dict[str, tuple[Callable[[dict[str, Any]], str | None], bool]] = {
    "no stream_options": (
        lambda asked: "Unrecognized request argument supplied: stream_options" if "stream_options" in asked else None, True),
    "no temperature": (
        lambda asked: "Unsupported value: 'temperature' does not support 0 with this model." if "temperature" in asked
        else None, True),
    "thoughts wanted back (DeepSeek)": (
        lambda asked: "Missing `reasoning_content` field in the assistant message at message index 2."
        if any(m.get("tool_calls") and m.get("reasoning_content") != "先查。" for m in asked["messages"]) else None, True),
    "no tools": (lambda asked: "registry.ollama.ai/library/gemma:7b does not support tools", False),
    "no tool parser (vLLM)": (
        lambda asked: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', False),
    "too long": (lambda asked: "This model's maximum context length is 4096 tokens. context_length_exceeded", False),
}  # fmt: skip
_REASONS = {
    "no tools": "不支持工具调用",
    "no tool parser (vLLM)": "不支持工具调用",
    "too long": "装不下这次对话",
}


@pytest.mark.parametrize("refused", _REFUSALS)
async def test_what_an_endpoint_refuses_is_left_out_or_told(
    refused: str, company: Workspace, model: ModelServer
) -> None:
    refusal, can_do_without = _REFUSALS[refused]
    thinking = Reply(raw=(chunk(reasoning_content="先查。"), *calls(piece(_WHOLE, index=0, id="c")).raw))
    model.play(thinking, Reply(_SAID))
    model.refusal = refusal
    assistant = Assistant.open(company, model_settings(model))
    answer = await asked(assistant)
    if can_do_without:
        assert (answer.model, answer.warnings) == (MODEL, ())
        before = len(model.requests)
        assert (await asked(assistant)).model == MODEL
        assert len(model.requests) == before + 1  # it is not tried again
    else:
        assert answer.model == "analyst"
        assert _REASONS[refused] in answer.warnings[0]
    await assistant.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def azure(company: Workspace, model: ModelServer) -> AsyncIterator[Assistant]:
    endpoint = ModelSettings(
        name="my-deployment", base_url=model.address, api_key=SecretStr(API_KEY), api_version="2024-10-21"
    )
    assistant = Assistant.open(company, Settings(model=endpoint))
    yield assistant
    await assistant.aclose()


async def test_an_azure_deployment_is_asked_at_its_address_with_its_header(
    azure: Assistant, model: ModelServer
) -> None:
    model.play(Reply(calls=(Call("search_knowledge", _QUERY),)), Reply(_SAID))
    assert (await asked(azure)).model == "my-deployment"
    assert set(model.paths) == {"/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21"}
    assert {headers.get("api-key") for headers in model.headers} == {API_KEY}
    assert not any("authorization" in headers for headers in model.headers)


async def test_further_fields_are_sent(company: Workspace, model: ModelServer) -> None:
    extra = {"enable_thinking": False, "chat_template_kwargs": {"enable_thinking": False}}
    assistant = Assistant.open(company, model_settings(model, extra=extra))
    model.play(Reply("你好，我是运策。"))
    assert (await asked(assistant, "你好")).model == MODEL
    assert extra.items() <= model.requests[0].items()
    await assistant.aclose()


@pytest.mark.parametrize("ask_for", ["parallel_tool_calls", "tool_choice", "response_format"])
async def test_nothing_is_asked_for_that_many_endpoints_lack(
    ask_for: str, scripted: Assistant, model: ModelServer
) -> None:
    model.play(Reply("你好，我是运策。"))
    await asked(scripted, "你好")
    assert ask_for not in model.requests[0]


@pytest.mark.parametrize(
    "garbled",
    [
        Reply("<tool_call>{nope</tool_call>"),
        Reply("<think>" + "想" * 500_000, piece=50_000),
        Reply(raw=(chunk(reasoning_content="想" * 500_000), chunk("stop"))),
        calls(piece("[1, 2]", index=0)),
        calls(*(piece("", index=i) for i in range(80))),
        Reply(raw=([], chunk("stop"))),  # type: ignore[arg-type]
        Reply(raw=({"choices": [{"delta": "words", "finish_reason": "stop"}]},)),
        Reply(raw=({"error": {"message": "overloaded", "code": 500}},)),
        Reply("<think>只想，不说。</think>"),
        Reply("![x](https://evil.example/x.png)<img src=x>".replace("x]", "]")),
    ],
    ids=["call", "endless thought", "endless reasoning", "list for arguments", "80 calls", "no object", "no delta",
         "error in the stream", "thought alone", "nothing to show"],
)  # fmt: skip
async def test_what_cannot_be_read_ends_in_the_analysts_answer(
    garbled: Reply, scripted: Assistant, model: ModelServer
) -> None:
    model.play(garbled)
    answer = await asked(scripted)
    assert answer.model == "analyst"
    assert answer.citations
    assert MODEL in answer.warnings[0]
