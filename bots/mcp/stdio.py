"""MCP on standard input and output, for a client that starts the command itself."""

from typing import TYPE_CHECKING

from assistant.access import OWNER
from assistant.workspace import Workspace

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def serve_stdio(workspace: Workspace) -> None:
    """Serve a workspace to its owner until standard input ends.

    Raises:
        SettingsError, SemanticsError: The workspace cannot be used.
    """
    import asyncio
    import signal

    from assistant.assistant import Assistant

    assistant = Assistant.open(workspace)
    # Who presses Ctrl-C is not made to wait for the thread that reads standard input.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(_serve(assistant, workspace))


async def _serve(assistant: "Assistant", workspace: Workspace) -> None:
    from mcp.server.stdio import stdio_server

    from assistant.settings import interface_language
    from bots.mcp.server import Caller, build_server

    owner = Caller(OWNER, interface_language(workspace.settings_file))
    server = build_server(assistant, lambda _: owner)
    try:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        await assistant.aclose()
