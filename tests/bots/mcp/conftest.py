"""Real clients of the door: one that starts the command, and some that reach a server over HTTP, each with its key."""

import os
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client
from mcp import types as mcp
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from assistant.workspace import Workspace
from bots.api import create_app
from tests.bots.api.conftest import Keyed, copy_workspace, keyed
from tests.bots.api.serving import serving

__all__ = ["copy_workspace", "keyed"]

_ROOT = Path(__file__).parents[3]
#: The command of this tree, whatever is installed.
COMMAND = (sys.executable, "-c", "from bots.cli import main; main()")


class Talk:
    """A client to be called from plain tests."""

    def __init__(self, portal: Any, client: Client) -> None:
        self._portal = portal
        self.client = client

    def tools(self) -> dict[str, mcp.Tool]:
        return {tool.name: tool for tool in self._portal.call(self.client.list_tools).tools}

    def call(self, tool: str, **arguments: Any) -> mcp.CallToolResult:
        return self._portal.call(self.client.call_tool, tool, arguments)

    def refused(self, tool: str, **arguments: Any) -> str:
        """Call a tool which refuses, and return its sentence."""
        result = self.call(tool, **arguments)
        assert result.is_error
        assert result.structured_content["detail"] == text_of(result)
        assert "Traceback" not in text_of(result)
        return text_of(result)

    def documents(self) -> dict[str, str]:
        """List the addresses of documents by title."""
        return {found.title: found.uri for found in self._portal.call(self.client.list_resources).resources}

    def read(self, uri: str) -> str:
        [content] = self._portal.call(self.client.read_resource, uri).contents
        return content.text


def text_of(result: mcp.CallToolResult) -> str:
    return result.content[0].text


def environment(**variables: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("YUNCE_", "OPENAI_", "LC_", "LANG"))}
    return kept | {"PYTHONPATH": str(_ROOT), "LANG": "en_US.UTF-8"} | variables


@contextmanager
def talking(opening: Callable[[], AbstractAsyncContextManager[Client]]) -> Iterator[Talk]:
    """Keep a client open in a thread of its own, with its own event loop."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opening()) as client:
        yield Talk(portal, client)


def over_http(
    address: str, *, key: str | None = None, language: str = "en", mode: str = "auto"
) -> AbstractContextManager[Talk]:
    headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {key}"} if key else {})

    @asynccontextmanager
    async def opening() -> AsyncIterator[Client]:
        async with AsyncExitStack() as stack:
            http = httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False)
            await stack.enter_async_context(http)
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            yield await stack.enter_async_context(Client(transport, mode=mode))

    return talking(opening)


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the started command writes to standard output."""
    return tmp_path_factory.mktemp("mcp") / "output"


@pytest.fixture(scope="session")
def started(copy_workspace: Callable[[], Workspace], output: Path) -> Iterator[Talk]:
    """A client that started `yunce mcp` itself."""
    yunce = shlex.join([*COMMAND, "--workspace", str(copy_workspace().root), "mcp"])
    copied = f"{yunce} | tee {shlex.quote(str(output))}"
    server = StdioServerParameters(command="sh", args=["-c", copied], env=environment())
    with (
        open(os.devnull, "w") as log,
        talking(lambda: Client(stdio_client(server, errlog=log), mode="legacy")) as talk,
    ):
        yield talk


@pytest.fixture(scope="session")
def open_address(copy_workspace: Callable[[], Workspace]) -> Iterator[str]:
    """A server without keys."""
    with serving(create_app(copy_workspace())) as address:
        yield address


@pytest.fixture(scope="session")
def boss_zh(keyed: Keyed) -> Iterator[Talk]:
    """A client whose key may see everything, and whose user reads Chinese."""
    with over_http(keyed.address, key=keyed.keys["boss"], language="zh-CN,zh;q=0.9") as talk:
        yield talk


@pytest.fixture(scope="session")
def finance(keyed: Keyed) -> Iterator[Talk]:
    with over_http(keyed.address, key=keyed.keys["finance-reader"]) as talk:
        yield talk


@pytest.fixture(scope="session")
def growth(keyed: Keyed) -> Iterator[Talk]:
    with over_http(keyed.address, key=keyed.keys["growth-reader"], mode="legacy") as talk:
        yield talk
