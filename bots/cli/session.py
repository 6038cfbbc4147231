"""What the subcommands share: the workspace, the opened assistant, and how errors and JSON are shown."""

import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings
    from assistant.workspace import Workspace
    from knowledge import KnowledgeBase
    from tools import Metrics

_T = TypeVar("_T")
#: Errors that are the caller's: exit status 2, as for any bad argument.
_BAD_ARGUMENTS = {
    "invalid_question",
    "invalid_request",
    "invalid_argument",
    "invalid_period",
    "invalid_query",
}


class Session:
    """One run of the command, over one workspace."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.language: str | None = None

    @property
    def workspace(self) -> "Workspace":
        """The workspace at hand. Raises WorkspaceError."""
        from assistant.workspace import find_workspace

        return find_workspace(self._folder)

    def settings(self) -> "Settings":
        """Load the workspace's settings."""
        from assistant.settings import load_settings

        return load_settings(self.workspace.settings_file)

    @contextmanager
    def knowledge(self) -> Iterator["KnowledgeBase"]:
        """Open the documents alone."""
        from assistant.assistant import open_knowledge

        knowledge = open_knowledge(self.workspace, self.settings())
        try:
            yield knowledge
        finally:
            knowledge.close()

    @contextmanager
    def metrics(self) -> Iterator["Metrics"]:
        """Open the data alone. Raises WorkspaceError where none is declared."""
        from assistant.assistant import open_metrics
        from assistant.errors import WorkspaceError

        metrics = open_metrics(self.workspace, self.settings())
        if metrics is None:
            raise WorkspaceError(
                en=f"{self.workspace.metrics_file} declares no data yet; see “Your own data” in the README.",
                zh=f"{self.workspace.metrics_file} 尚未声明数据；见 README 的“接入自己的数据”。",
            )
        try:
            yield metrics
        finally:
            metrics.close()

    @asynccontextmanager
    async def assistant(self) -> AsyncIterator["Assistant"]:
        """Open everything."""
        from assistant.assistant import Assistant

        assistant = Assistant.open(self.workspace)
        try:
            yield assistant
        finally:
            await assistant.aclose()


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end."""
    import asyncio

    return asyncio.run(coroutine)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def plain_errors(ctx: click.Context) -> Iterator[None]:
    """Turn expected errors into one sentence on standard error and an exit status."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except BrokenPipeError:
        ctx.exit(0)
    except Exception as error:
        from assistant.errors import EXPECTED_ERRORS
        from assistant.settings import interface_language

        if not isinstance(error, EXPECTED_ERRORS):
            raise
        language = (ctx.obj.language if ctx.obj else None) or interface_language()
        lead = "错误：" if language == "zh" else "Error: "
        click.echo(lead + error.in_language(language), err=True)
        ctx.exit(2 if error.code in _BAD_ARGUMENTS else 1)
