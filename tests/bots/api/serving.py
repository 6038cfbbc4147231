"""A real server for the tests: uvicorn in a thread, on a free port of this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app and give its base address; at the end, shut it down as an interrupt would."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


def client_of(address: str, *, key: str | None = None, language: str | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if language:
        headers["Accept-Language"] = language
    return httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False)


def assert_problem(response: httpx.Response, status: int, code: str, *words: str) -> dict:
    """Check that a response is a problem document, and that its sentence holds the words."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:yunce:problem:{code}"
    assert problem["title"]
    for word in words:
        assert word in problem["detail"], problem["detail"]
    return problem
