"""`yunce keys`: API keys for the HTTP door."""

import click

from bots.cli.session import Session


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.argument("name")
@click.option(
    "--team", "teams", multiple=True, help="Team whose documents and data the key may see (repeatable)."
)
@click.option("--role", type=click.Choice(["reader", "editor", "owner"]), default="reader", show_default=True)
@click.pass_obj
def create(session: Session, name: str, teams: tuple[str, ...], role: str) -> None:
    """Make a key called NAME and print it, once."""
    click.echo(_ring(session).create(name, teams=teams, role=role))  # type: ignore[attr-defined]


@keys.command("list")
@click.pass_obj
def list_keys(session: Session) -> None:
    """List the keys' names, roles and teams."""
    for name, role, teams in _ring(session).list():  # type: ignore[attr-defined]
        click.echo(f"{name}  {role}  {', '.join(teams) or '-'}")


@keys.command()
@click.argument("name")
@click.pass_obj
def revoke(session: Session, name: str) -> None:
    """Revoke the key called NAME."""
    _ring(session).revoke(name)  # type: ignore[attr-defined]


def _ring(session: Session) -> object:
    from assistant.keys import KeyRing
    from assistant.storage import open_storage

    return KeyRing(open_storage(session.workspace.state))
