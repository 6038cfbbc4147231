"""`yunce init` and `yunce doctor`."""

import os
import sys
from pathlib import Path

import click

from bots.cli.session import Session, print_json


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Fill it with the sample company, Lantern Market 灯市.")
@click.pass_context
def init(ctx: click.Context, folder: Path, demo: bool) -> None:
    """Make FOLDER a workspace with the starter library."""
    from assistant.workspace import create_workspace
    from bots.cli.documents import print_report, sync_library

    workspace = create_workspace(folder, demo=demo)
    click.echo(f"{workspace.root}")
    ctx.obj = Session(workspace.root)
    print_report(sync_library(ctx.obj, [workspace.library]))
    click.echo(f'\nNext 接下来: cd {os.path.relpath(folder)} && yunce ask "什么是 KOC？"')
    if not demo:
        click.echo("Your data 接入数据: edit metrics.yaml, then: yunce metrics check")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(session: Session, as_json: bool) -> None:
    """Check the workspace: settings, documents, index, data, model. Exit status 1 when something is wrong."""
    from assistant.doctor import examine

    checks = examine(session.workspace)
    if as_json:
        print_json([{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks])
    else:
        for check in checks:
            click.echo(f"{'ok ' if check.ok else 'BAD'}  {check.name:<10} {check.detail}")
    sys.exit(0 if all(check.ok for check in checks) else 1)
