"""`yunce serve` and `yunce mcp`."""

import logging
import sys

import click

from bots.cli.session import Session


@click.command()
@click.option("--host", help="Address to listen on; by default from yunce.toml, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; by default from yunce.toml, 8600.")
@click.pass_obj
def serve(session: Session, host: str | None, port: int | None) -> None:
    """Serve the HTTP API, MCP (and Slack, where it is set up). Documentation at /docs."""
    from bots.api.server import serve as run_server

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = session.settings()
    run_server(
        session.workspace,
        host=host or settings.server.host,
        port=settings.server.port if port is None else port,
    )


@click.command()
@click.pass_obj
def mcp(session: Session) -> None:
    """Serve MCP on standard input and output, for a client to start."""
    workspace = session.workspace  # without one, say so before much is loaded
    from bots.mcp import serve_stdio

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if sys.stdin.isatty():
        hint = session.say(
            zh="等待 MCP 客户端在标准输入上发来消息；按 Ctrl-D 结束。客户端的配置见 README 的“MCP”。",
            en="Waiting for an MCP client on standard input; Ctrl-D ends. How to set up a client: “MCP” in the README.",
        )
        click.echo(hint, err=True)
    serve_stdio(workspace)
