"""The transports: nothing but the protocol on standard output, and work that ends when its client leaves."""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import BaseModel
from starlette.requests import Request

from assistant.access import OWNER
from bots.mcp import mount_mcp
from bots.mcp.offers import Call, NoArguments, Offer, Reply
from tests.bots.api.serving import serving
from tests.bots.mcp.conftest import COMMAND, Talk, environment, text_of
from tools.results import Text


def test_standard_output_is_protocol_alone(started: Talk, output: Path):
    started.call("search", query="KOC")
    started.call("measure_metric", metric="gmv", start="2026-09-21", end="2026-09-27")
    lines = [json.loads(line) for line in read_lines(output, more_than=2)]
    assert all(line["jsonrpc"] == "2.0" and ("result" in line or "error" in line) for line in lines)


def read_lines(output: Path, *, more_than: int) -> list[str]:
    """Return the whole lines of a copy of what was sent, which may be a moment behind."""
    deadline = time.monotonic() + 30
    while (text := output.read_text("utf-8")).count("\n") <= more_than or not text.endswith("\n"):
        assert time.monotonic() < deadline, text
        time.sleep(0.05)
    return text.splitlines()


def test_no_workspace(tmp_path):
    done = subprocess.run(
        [*COMMAND, "mcp"], cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not a Yunce workspace" in done.stderr
    assert done.stderr.count("\n") == 1


class _Anything(BaseModel):
    pass


class _Work:
    """A tool that never ends by itself, and one that fails as nobody expected."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = asyncio.Event()

    def offers(self) -> dict[str, Offer]:
        text = Text("x", "x")
        answers = {"wait": self._wait, "fail": self._fail}
        return {n: Offer(n, text, text, NoArguments, _Anything, answer) for n, answer in answers.items()}

    async def _wait(self, _: Call) -> Reply:
        self.began.set()
        try:
            await asyncio.sleep(60)
        finally:
            self.ended.set()
        return Reply("done", {})

    async def _fail(self, _: Call) -> Reply:
        raise ZeroDivisionError("a secret path")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_work_ends_when_the_client_leaves(mode: str, caplog: pytest.LogCaptureFixture):
    work = _Work()
    loop: list[asyncio.AbstractEventLoop] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loop.append(asyncio.get_running_loop())
        async with mount_mcp(app, None, work.offers()):
            yield

    app = FastAPI(lifespan=lifespan)

    @app.middleware("http")
    async def admit(request: Request, following):
        request.state.principal = OWNER
        return await following(request)

    with serving(app) as address:

        async def reached(event: asyncio.Event) -> None:
            future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(event.wait(), 20), loop[0])
            await asyncio.wrap_future(future)

        async with httpx2.AsyncClient(trust_env=False) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                failed = await client.call_tool("fail", {})
                call = asyncio.create_task(client.call_tool("wait", {}))
                await reached(work.began)
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
        await reached(work.ended)
    assert failed.is_error
    assert "secret" not in text_of(failed)
    assert failed.structured_content["error_id"] in text_of(failed)
    assert "a secret path" in caplog.text
