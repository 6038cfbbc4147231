"""The `yunce` command. Each subcommand imports what it needs only when it runs."""

import sys
from pathlib import Path

import click

from bots.cli.documents import ingest, search
from bots.cli.keys import keys
from bots.cli.metrics import metrics
from bots.cli.plans import plan
from bots.cli.questions import ask
from bots.cli.server import serve
from bots.cli.session import Session, plain_errors
from bots.cli.setup import doctor, init


class _Yunce(click.Group):
    """Show an expected error as one sentence, and exit with 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand."""
        with plain_errors(ctx):
            return super().invoke(ctx)


@click.group(cls=_Yunce, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--workspace",
    "-w",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the company; by default YUNCE_WORKSPACE, else the current folder or one above it.",
)
@click.version_option(package_name="yunce", prog_name="yunce")
@click.pass_context
def cli(ctx: click.Context, workspace: Path | None) -> None:
    """Yunce 运策: an operations analyst that cites its sources and shows its numbers.

    \b
    Start:   yunce init company --demo && cd company && yunce ask "上周次日留存为什么掉了？"
    开始：   yunce init company --demo && cd company && yunce ask "什么是 KOC？"
    """
    ctx.obj = Session(workspace)


for _command in (init, ingest, search, ask, plan, metrics, serve, keys, doctor):
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli(prog_name="yunce")
