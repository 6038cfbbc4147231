"""Whatever an endpoint does, the answer comes from the analyst, in time, with a warning, and no key is ever shown."""

import asyncio
import gc
import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from types import AsyncGeneratorType
from typing import Any

import pytest
import pytest_asyncio

from assistant.access import OWNER
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.workspace import Workspace
from tests.assistant.checks import check_answer, check_events
from tests.assistant.conftest import model_settings
from tests.assistant.model_server import API_KEY, MODEL, Call, ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

_SILENCE = 1.0
_SEARCH = Call("search_knowledge", {"query": "KOC"})
_HALF = "KOC 是指关键意见消费者，粉丝不多，却能影响身边的人。" * 4

_FAULTS: dict[str, tuple[Reply, ...]] = {
    "server error": (Reply(status=500),),
    "server error after a tool": (Reply(calls=(_SEARCH,)), Reply(status=503)),
    "too many requests": (Reply(status=429),),
    "too many requests, wait": (Reply(status=429, headers={"Retry-After": "60"}),),
    "wrong key": (Reply(status=401, error=f"Incorrect API key provided: {API_KEY}."),),
    "no such model": (Reply(status=404),),
    "connection cut": (Reply(_HALF, cut="connection"),),
    "connection cut in a call": (Reply(calls=(_SEARCH,), piece=2, cut="connection"),),
    "no finish reason": (Reply(_HALF, cut="finish"),),
    "length limit": (Reply(_HALF, finish="length"),),
    "filtered": (Reply(_HALF, finish="content_filter"),),
    "empty": (Reply(),),
    "blank": (Reply(" \n\n "),),
    "broken JSON": (Reply(body=b"data: {nope\n\n"),),
    "a page": (Reply(body=b"<html>Bad gateway</html>"),),
    "a stream of nothing": (Reply(body=b"data: [DONE]\n\n"),),
    "broken arguments": (Reply(calls=(Call("search_knowledge", raw="}{"),)),),
    "ten million characters": (Reply("a" * 10_000_000, piece=65_536),),
    "ten megabytes in one line": (Reply("a" * 10_000_000, piece=10_000_000),),
    "ten megabytes at once": (Reply("a" * 10_000_000, whole=True),),
    "endless arguments": (Reply(calls=(Call("search_knowledge", {"query": "a" * 1_000_000}),), piece=4_096),),
}


async def asked(assistant: Assistant, question: str = "什么是 KOC？", **options: Any) -> Answer:
    events = [event async for event in assistant.events(question, principal=OWNER, **options)]
    answer = check_events(events)
    check_answer(answer, assistant, OWNER)
    return answer


def check_replaced(answer: Answer) -> None:
    """Check that the analyst answered in the model's place, and says so."""
    assert answer.model == "analyst"
    (warning,) = answer.warnings
    assert MODEL in warning
    assert answer.grounding == "documents"
    assert any("KOC" in citation.quote for citation in answer.citations)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def impatient(company: Workspace, _model: ModelServer) -> AsyncIterator[Assistant]:
    """An assistant that waits for a model no longer than a second."""
    assistant = Assistant.open(company, model_settings(_model, timeout=60, silence=_SILENCE))
    yield assistant
    await assistant.aclose()


@pytest.mark.parametrize("fault", _FAULTS)
async def test_a_fault_ends_in_the_analysts_answer(
    fault: str, scripted: Assistant, model: ModelServer
) -> None:
    model.play(*_FAULTS[fault])
    check_replaced(await asked(scripted))


@pytest.mark.parametrize("hang", ["before", "first", "middle"])
async def test_a_silent_model_is_left_after_the_time_for_a_token(
    hang: str, impatient: Assistant, model: ModelServer
) -> None:
    model.play(Reply(_HALF, hang=hang))
    started = time.monotonic()
    answer = await asked(impatient)
    check_replaced(answer)
    assert "未在限时内" in answer.warnings[0]
    assert time.monotonic() - started < 20 * _SILENCE  # the time for a whole reply is a minute


async def test_a_slow_trickle_is_left_after_the_time_for_a_reply(
    company: Workspace, model: ModelServer
) -> None:
    assistant = Assistant.open(company, model_settings(model, timeout=1.5, silence=60))
    model.play(Reply(_HALF, hang="middle"))
    started = time.monotonic()
    answer = await asked(assistant)
    await assistant.aclose()
    check_replaced(answer)
    assert time.monotonic() - started < 30


async def test_nothing_listens(company: Workspace, model: ModelServer) -> None:
    settings = model_settings(model)
    nowhere = settings.model.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
    assistant = Assistant.open(company, settings.model_copy(update={"model": nowhere}))
    answer = await asked(assistant)
    await assistant.aclose()
    check_replaced(answer)


async def test_the_draft_of_a_failed_model_is_replaced(scripted: Assistant, model: ModelServer) -> None:
    model.play(Reply("第一句是模型写的。" + "第二句写到一半" * 9, piece=3, cut="connection"))
    events = [event async for event in scripted.events("什么是 KOC？", principal=OWNER)]
    drafts = {event.data["draft"] for event in events if event.event == "token"}
    assert len(drafts) == 2
    assert "模型写的" not in check_events(events).text


async def test_the_next_question_is_asked_of_the_model_again(scripted: Assistant, model: ModelServer) -> None:
    model.play(Reply(status=500), Reply("你好，我是运策。"))
    assert (await asked(scripted, conversation="again")).model == "analyst"
    answer = await asked(scripted, "你好", conversation="again")
    assert answer.model == MODEL
    assert not answer.warnings


async def test_warnings_are_in_the_askers_language(scripted: Assistant, model: ModelServer) -> None:
    model.play(Reply(status=500))
    answer = await asked(scripted, "What is a KOC?")
    assert "the embedded analyst answered by rule" in answer.warnings[0]


@pytest.mark.parametrize("fault", ["wrong key", "server error", "broken JSON", "connection cut"])
async def test_the_key_is_in_no_log_and_no_answer(
    fault: str, scripted: Assistant, model: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    model.play(*_FAULTS[fault])
    answer = await asked(scripted)
    assert model.headers[0]["authorization"] == f"Bearer {API_KEY}"
    assert API_KEY not in answer.model_dump_json()
    assert any("The model failed" in record.getMessage() for record in caplog.records)
    for record in caplog.records:
        assert API_KEY not in record.getMessage()
        assert API_KEY not in str(record.exc_info)


async def test_an_asker_who_leaves_lets_the_next_question_through(
    scripted: Assistant, model: ModelServer
) -> None:
    model.play(Reply(_HALF, hang="middle"))
    events = scripted.events("什么是 KOC？", principal=OWNER, conversation="left")
    async for event in events:
        if event.event == "token":
            break
    await events.aclose()
    model.play(Reply(status=500))
    check_replaced(await asked(scripted, conversation="left"))


async def test_the_process_exits_cleanly_after_a_hang(company: Workspace, model: ModelServer) -> None:
    model.play(Reply(_HALF, hang="middle"))
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from assistant.access import OWNER\n"
        "from assistant.assistant import Assistant\n"
        "from assistant.workspace import find_workspace\n"
        "async def main():\n"
        "    assistant = Assistant.open(find_workspace(Path(sys.argv[1])))\n"
        "    answer = await assistant.ask('什么是 KOC？', principal=OWNER)\n"
        "    await assistant.aclose()\n"
        "    print(answer.model, len(answer.citations))\n"
        "asyncio.run(main())\n"
    )
    settings = {
        "YUNCE_MODEL__NAME": MODEL,
        "YUNCE_MODEL__BASE_URL": model.base_url,
        "YUNCE_MODEL__API_KEY": API_KEY,
        "YUNCE_MODEL__FIRST_TOKEN_SECONDS": "1",
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "default::ResourceWarning", "-c", program, str(company.root)],
        env=os.environ | settings | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["analyst", "2"]
    assert "ResourceWarning" not in done.stderr
    assert "Traceback" not in done.stderr
    assert API_KEY not in done.stderr


async def test_a_reply_that_is_broken_off_leaves_nothing_to_the_garbage_collector(
    scripted: Assistant, model: ModelServer
) -> None:
    gc.collect()
    gc.disable()  # what is in a cycle stays to be seen
    try:
        model.play(Reply("a" * 1_000_000, piece=1_000))
        check_replaced(await asked(scripted))
        await asyncio.sleep(0)
        read = [held for held in gc.get_objects() if isinstance(held, AsyncGeneratorType)]
        assert not [held for held in read if held.ag_frame and "aiter" in held.__qualname__]
    finally:
        gc.enable()
