"""`yunce keys`: API keys for the HTTP door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bots.cli.session import Session
from bots.cli.terminal import print_json

if TYPE_CHECKING:
    from assistant.keys import KeyRing


@click.group()
def keys() -> None:
    """Make, list and revoke API keys.

    \b
    Examples 例:
      yunce keys create dashboard --team growth
      yunce keys create 数据平台 --role editor
    """


@keys.command()
@click.argument("name")
@click.option(
    "--team", "teams", multiple=True, help="Team whose documents and data the key may see (repeatable)."
)
@click.option("--role", type=click.Choice(["reader", "editor", "owner"]), default="reader", show_default=True)
@click.pass_obj
def create(session: Session, name: str, teams: tuple[str, ...], role: str) -> None:
    """Make a key called NAME and print it, once."""
    with _ring(session) as ring:
        click.echo(ring.create(name, teams=teams, role=role))  # type: ignore[arg-type]
    click.echo(
        session.say(zh="请妥善保存，不会再次显示。", en="Keep it safe; it is not shown again."), err=True
    )


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_keys(session: Session, as_json: bool) -> None:
    """List the keys' names, roles and teams."""
    with _ring(session) as ring:
        known = ring.list()
    if as_json:
        print_json([{"name": name, "role": role, "teams": teams} for name, role, teams in known])
    elif not known:
        click.echo(session.say(zh="还没有密钥。", en="There are no keys yet."))
    for name, role, teams in [] if as_json else known:
        click.echo(f"{name}  {role}  {', '.join(teams) or '-'}")


@keys.command()
@click.argument("name")
@click.pass_obj
def revoke(session: Session, name: str) -> None:
    """Revoke the key called NAME."""
    with _ring(session) as ring:
        ring.revoke(name)
    click.echo(session.say(zh=f"密钥 {name} 已作废。", en=f"The key {name} no longer works."))


@contextmanager
def _ring(session: Session) -> Iterator["KeyRing"]:
    from assistant.keys import KeyRing
    from assistant.storage import open_storage

    engine = open_storage(session.workspace.state)
    try:
        yield KeyRing(engine)
    finally:
        engine.dispose()
