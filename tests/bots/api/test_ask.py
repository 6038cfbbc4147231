import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from assistant.answer import Answer, AskEvent
from assistant.assistant import Assistant
from assistant.errors import InvalidRequest
from assistant.model_settings import ModelSettings
from assistant.settings import Settings
from assistant.workspace import Workspace
from bots.api import create_app
from bots.api.streaming import AskStream
from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem, client_of, serving


def read_events(lines: Iterator[str]) -> list[tuple[str, dict]]:
    """Read server-sent events until the stream ends."""
    events, name = [], ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            events.append((name, json.loads(line.removeprefix("data: "))))
    return events


def assert_citations_resolve(client: httpx.Client, answer: dict) -> None:
    assert answer["citations"]
    for citation in answer["citations"]:
        chunks = client.get(f"/v1/documents/{citation['document_id']}/chunks").json()["chunks"]
        [chunk] = [c for c in chunks if c["id"] == citation["chunk_id"]]
        assert citation["quote"] in chunk["text"]


def test_answers_a_chinese_question_with_citations_that_resolve(local: httpx.Client) -> None:
    response = local.post("/v1/ask", json={"question": "什么是 KOC?"})

    assert response.status_code == 200
    answer = response.json()
    Answer.model_validate(answer)
    assert answer["language"] == "zh"
    assert "KOC" in answer["text"]
    assert_citations_resolve(local, answer)


def test_answers_an_english_question_from_the_data(local: httpx.Client) -> None:
    answer = local.post(
        "/v1/ask", json={"question": "How many daily active users did we have last week?"}
    ).json()

    assert answer["language"] == "en"
    assert answer["grounding"] in ("metrics", "both")
    evidence = answer["evidence"][0]
    assert evidence["definition"]
    assert evidence["figures"][0]["text"] in answer["text"]


def test_answers_in_the_language_asked_for(local: httpx.Client) -> None:
    answer = local.post("/v1/ask", json={"question": "什么是 KOC?", "language": "en"}).json()

    assert answer["language"] == "en"


def test_goes_on_with_a_conversation(local: httpx.Client) -> None:
    first = local.post("/v1/ask", json={"question": "9月的DAU是多少?"}).json()
    second = local.post(
        "/v1/ask", json={"question": "8月呢?", "conversation_id": first["conversation_id"]}
    ).json()

    assert second["conversation_id"] == first["conversation_id"]
    assert first["evidence"][0]["arguments"]["start"] == "2026-09-01"
    assert "2026-08-01" in {evidence["arguments"]["start"] for evidence in second["evidence"]}


def test_reads_only_the_collections_asked_for(local: httpx.Client) -> None:
    answer = local.post("/v1/ask", json={"question": "什么是 KOC?", "collections": ["glossary"]}).json()

    assert {citation["collection"] for citation in answer["citations"]} == {"glossary"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [({"stream": True}, {}), ({}, {"Accept": "text/event-stream"})],
    ids=["field", "header"],
)
def test_streams_events_with_the_answer_last(local: httpx.Client, body: dict, headers: dict) -> None:
    asked = {"question": "上周次日留存是多少?", **body}
    with local.stream("POST", "/v1/ask", json=asked, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        events = read_events(response.iter_lines())

    names = [name for name, _ in events]
    answer = events[-1][1]
    assert names[0] == "step"
    assert names[-1] == "answer"
    assert names.count("answer") == 1
    assert names.index("step") < names.index("evidence") < names.index("token")
    assert {data["marker"] for name, data in events if name == "evidence"} >= {
        e["marker"] for e in answer["evidence"]
    }
    assert [data for name, data in events if name == "citation"] == answer["citations"]
    drafts = [(data["draft"], data["text"]) for name, data in events if name == "token"]
    last = max(draft for draft, _ in drafts)
    assert "".join(text for draft, text in drafts if draft == last).strip() == answer["text"].strip()


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
def test_refuses_a_question_that_is_too_long(local: httpx.Client, stream: bool) -> None:
    zh = local.post("/v1/ask", json={"question": "留" * 50_000, "stream": stream})
    en = local.post("/v1/ask", json={"question": "keep " * 10_000, "stream": stream})

    assert_problem(zh, 422, "invalid_question", "50,000", "字符")
    assert assert_problem(en, 422, "invalid_question", "characters")["parameter"] == "question"


def test_refuses_an_empty_question_in_the_language_of_the_headers(local_zh: httpx.Client) -> None:
    assert_problem(local_zh.post("/v1/ask", json={"question": " "}), 422, "invalid_question", "空")


def test_refuses_a_conversation_id_that_is_none(local: httpx.Client) -> None:
    response = local.post("/v1/ask", json={"question": "What is a KOC?", "conversation_id": "../../etc"})

    assert assert_problem(response, 422, "invalid_request")["parameter"] == "conversation_id"


def test_answers_from_nothing_that_the_asker_may_not_see(keyed: Keyed) -> None:
    secret = b"# Narwhal accord\n\nThe narwhal accord with Tusk Ltd lasts until 2031.\n"
    question = {"question": "Until when does the narwhal accord with Tusk Ltd last?"}
    with keyed.client("finance-editor") as editor:
        stored = editor.post(
            "/v1/documents?wait=true", files={"file": ("narwhal.md", secret)}, data={"teams": "finance"}
        ).json()
        seen = editor.post("/v1/ask", json=question).json()
    with keyed.client("growth-reader") as outsider:
        unseen = outsider.post("/v1/ask", json=question).json()

    assert stored["id"] in {citation["document_id"] for citation in seen["citations"]}
    assert stored["id"] not in json.dumps(unseen)
    assert "2031" not in json.dumps(unseen)


def test_conversations_of_two_keys_are_apart(keyed: Keyed) -> None:
    with keyed.client("finance-reader") as one, keyed.client("growth-reader") as other:
        first = one.post("/v1/ask", json={"question": "9月的DAU是多少?", "conversation_id": "shared"}).json()
        second = other.post("/v1/ask", json={"question": "什么是 KOC?", "conversation_id": "shared"}).json()

    assert first["evidence"]
    assert not second["evidence"]


class SilentModel:
    """An OpenAI-compatible endpoint that takes a request and never answers; it knows when the caller hangs up."""

    def __init__(self) -> None:
        self.asked, self.left = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while connection.recv(65536):
                self.asked.set()
        self.left.set()


def test_a_client_that_hangs_up_stops_the_run(copy_workspace: Callable[[], Workspace]) -> None:
    workspace, model = copy_workspace(), SilentModel()
    settings = Settings(model=ModelSettings(name="silent", base_url=model.address, api_key="key"))
    app = create_app(lambda: Assistant.open(workspace, settings))
    with serving(app) as address, client_of(address) as client:
        asked = {"question": "Why did retention drop?", "stream": True}
        with client.stream("POST", "/v1/ask", json=asked) as response:
            assert response.status_code == 200
            assert model.asked.wait(20)
            assert not model.left.is_set()
        assert model.left.wait(10)
    model.close()


async def failing_run(error: Exception) -> AsyncIterator[AskEvent]:
    yield AskEvent("step", {"tool": "search_knowledge", "arguments": {}})
    await asyncio.sleep(0)
    raise error


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (InvalidRequest(en="Not this.", zh="不行。"), "invalid_request", 422),
        (RuntimeError("secret detail"), "internal_error", 500),
    ],
    ids=["expected", "unexpected"],
)
async def test_an_error_on_the_way_is_the_last_event(
    error: Exception, code: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(request: Request) -> AskStream:
        return await AskStream.start(failing_run(error), "zh")

    app = Starlette(routes=[Route("/", answer)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        events = read_events(iter((await client.get("/")).text.splitlines()))

    assert [name for name, _ in events] == ["step", "error"]
    problem = events[-1][1]
    assert (problem["code"], problem["status"]) == (code, status)
    assert "secret detail" not in json.dumps(problem)
    if status == 500:
        assert problem["error_id"] in caplog.text
        assert "secret detail" in caplog.text
