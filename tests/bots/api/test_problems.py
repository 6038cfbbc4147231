import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text

from assistant.storage import open_storage
from assistant.workspace import Workspace
from bots.api import create_app
from bots.api.problems import Problem
from tests.bots.api.serving import assert_problem, client_of, serving

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code", "parameter", "words"),
    [
        (b'{"question": ', 400, "invalid_json", None, ["line 1"]),
        (b'{"question": NaN}', 400, "invalid_json", None, ["number"]),
        (b'{"question": 1e999}', 400, "invalid_json", None, ["number"]),
        (b'{"question": "\xff"}', 400, "invalid_json", None, ["UTF-8"]),
        (b"[" * 100_000, 400, "invalid_json", None, ["deeply"]),
        (b'{"question": "a\\ud800b"}', 422, "invalid_text", "question", ["U+D800"]),
        (b'{"question": "a\\u0000b"}', 422, "invalid_text", "question", ["U+0000"]),
        (b"[1]", 422, "invalid_request", None, ["JSON object"]),
        (b'"text"', 422, "invalid_request", None, ["JSON object"]),
        (b"", 422, "invalid_request", None, ["JSON object"]),
        (b"{}", 422, "invalid_request", "question", ["question", "missing"]),
        (b'{"question": 5}', 422, "invalid_request", "question", ['"5"', "text"]),
        (
            b'{"question": "hi", "stream": "maybe"}',
            422,
            "invalid_request",
            "stream",
            ['"maybe"', "true or false"],
        ),
        (b'{"question": "hi", "language": "fr"}', 422, "invalid_request", "language", ["'zh'"]),
        (b'{"question": "hi", "collections": "cases"}', 422, "invalid_request", "collections", ["a list"]),
        (
            b'{"question": "hi", "conversation": "c"}',
            422,
            "invalid_request",
            "conversation",
            ["conversation_id"],
        ),
    ],
)
def test_refuses_a_body_that_cannot_be_used(
    local: httpx.Client,
    local_zh: httpx.Client,
    body: bytes,
    status: int,
    code: str,
    parameter: str | None,
    words: list,
) -> None:
    en = local.post("/v1/ask", content=body, headers=JSON)
    zh = local_zh.post("/v1/metrics/dau" if code == "invalid_json" else "/v1/ask", content=body, headers=JSON)

    assert assert_problem(en, status, code, *words).get("parameter") == parameter
    assert_problem(zh, status, code)


def test_speaks_the_language_of_the_question(local: httpx.Client, local_zh: httpx.Client) -> None:
    zh = local.post("/v1/ask", json={"question": "上周日活是多少?", "limit": 3})
    en = local_zh.post("/v1/ask", json={"question": "How many active users?", "limit": 3})

    assert_problem(zh, 422, "invalid_request", "没有参数 limit")
    assert_problem(en, 422, "invalid_request", "There is no parameter limit")


def test_tells_all_fields_at_fault(local: httpx.Client) -> None:
    problem = assert_problem(
        local.post("/v1/plans", json={"objective": "x", "budget": "much"}), 422, "invalid_request"
    )

    assert {field["parameter"] for field in problem["errors"]} == {"objective", "budget"}
    Problem.model_validate(problem)


def test_refuses_a_body_that_is_not_json(local: httpx.Client) -> None:
    assert_problem(local.post("/v1/ask", data={"question": "hi"}), 422, "invalid_request", "application/json")


def test_unknown_addresses_and_methods(local: httpx.Client, local_zh: httpx.Client) -> None:
    assert_problem(local.get("/v1/replies"), 404, "route_not_found", "/v1/replies", "/docs")
    assert_problem(local_zh.get("/v1/replies"), 404, "route_not_found", "没有")
    assert_problem(local.post("/slack/events"), 404, "route_not_found")
    wrong = local.delete("/v1/ask")
    assert_problem(wrong, 405, "method_not_allowed", "DELETE")
    assert wrong.headers["allow"] == "POST"


def pieces(count: int) -> Iterator[bytes]:
    """Give a body of so many megabytes without telling its length beforehand."""
    for _ in range(count):
        yield b" " * 1024 * 1024


@pytest.mark.parametrize(
    ("path", "megabytes", "limit"),
    [("/v1/ask", 2, "1 MB"), ("/v1/documents", 27, "25 MB")],
    ids=["json", "document"],
)
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "streamed"])
def test_refuses_a_body_that_is_too_large(
    local: httpx.Client, path: str, megabytes: int, limit: str, declared: bool
) -> None:
    kind = "multipart/form-data; boundary=b" if path == "/v1/documents" else "application/json"
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'

    def body() -> Iterator[bytes]:
        if path == "/v1/documents":
            yield start
        yield from pieces(megabytes)

    content = b"".join(body()) if declared else body()
    response = local.post(path, content=content, headers={"Content-Type": kind})

    assert_problem(response, 413, "body_too_large", limit)


def test_an_unexpected_error_shows_only_its_id(
    empty_workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(create_app(empty_workspace)) as address, client_of(address, language="zh") as client:
        engine = open_storage(empty_workspace.state)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE plans"))
        engine.dispose()
        with caplog.at_level(logging.ERROR):
            problem = assert_problem(client.get("/v1/plans"), 500, "internal_error", "编号")

    assert problem["error_id"] in problem["detail"]
    assert "plans" not in json.dumps(problem)
    assert problem["error_id"] in caplog.text
    assert "no such table: plans" in caplog.text
    assert "Traceback" in caplog.text


def test_no_key_is_logged(empty_workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = create_app(empty_workspace)
    with serving(app) as address, client_of(address, key="yk_this-is-a-secret") as client:
        client.get("/v1/documents")

    assert "this-is-a-secret" not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith(("bots", "uvicorn"))
    )
