"""`yunce serve`."""

import logging

import click

from bots.cli.session import Session


@click.command()
@click.option("--host", help="Address to listen on; by default from yunce.toml, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; by default from yunce.toml, 8600.")
@click.pass_obj
def serve(session: Session, host: str | None, port: int | None) -> None:
    """Serve the HTTP API (and Slack, where it is set up). Documentation at /docs."""
    from bots.api.server import serve as run_server

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = session.settings()
    run_server(
        session.workspace,
        host=host or settings.server.host,
        port=settings.server.port if port is None else port,
    )
