"""The `yunce` command. Each subcommand imports what it needs only when it runs."""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from bots.cli.answer_evaluation import answers as evaluate_answers
from bots.cli.answers import answers
from bots.cli.chunks import chunks
from bots.cli.conversations import conversations
from bots.cli.curation import documents
from bots.cli.documents import search
from bots.cli.errors import report_error
from bots.cli.evaluation import evaluate
from bots.cli.ingestion import ingest
from bots.cli.keys import keys
from bots.cli.metrics import metrics
from bots.cli.open_questions import questions
from bots.cli.pins import pin
from bots.cli.plans import plan
from bots.cli.questions import ask
from bots.cli.reindexing import reindex
from bots.cli.server import mcp, serve
from bots.cli.session import Session
from bots.cli.setup import doctor, init


class _Yunce(click.Group):
    """Show every error as one sentence, with an exit status."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run the command and exit."""
        arguments = list(sys.argv[1:] if args is None else args)
        session = Session()
        session.heed(map(str, arguments))
        extra |= {"standalone_mode": False, "obj": session}
        try:
            status = super().main(arguments, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output has enough of it; nothing more may be flushed into the pipe at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except (Exception, KeyboardInterrupt) as error:
            sys.exit(report_error(error, session))
        sys.exit(status if isinstance(status, int) else 0)


@click.group(cls=_Yunce, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--workspace",
    "-w",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the company; by default YUNCE_WORKSPACE, else the current folder or one above it.",
)
@click.version_option(package_name="yunce", prog_name="yunce")
@click.pass_obj
def cli(session: Session, workspace: Path | None) -> None:
    """Yunce 运策: an operations analyst that cites its sources and shows its numbers.

    \b
    Start 开始:
      yunce init company --demo
      cd company
      yunce ask "上周次日留存为什么掉了？"
      yunce ask "How do we win back dormant users?"
    """
    session.folder = workspace


evaluate.add_command(evaluate_answers)
for _command in (
    init,
    ingest,
    search,
    ask,
    conversations,
    answers,
    documents,
    chunks,
    pin,
    questions,
    plan,
    metrics,
    evaluate,
    serve,
    mcp,
    keys,
    reindex,
    doctor,
):
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line."""
    logging.getLogger("knowledge").addHandler(logging.NullHandler())  # a person is told in sentences
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli.main(prog_name="yunce")
