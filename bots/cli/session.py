"""One run of the command: its workspace, its language, and what the subcommands open."""

import re
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings
    from assistant.workspace import Workspace
    from knowledge import KnowledgeBase
    from tools import Metrics

_T = TypeVar("_T")
Language = Literal["zh", "en"]
_HAN = re.compile(r"[㐀-鿿]")


class Session:
    """One run of the command, over one workspace.

    Attributes:
        folder: The workspace asked for with --workspace.
        asked: Language of the words at hand: of the question, else Chinese where any argument has Chinese words;
            None where there are none.
    """

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.asked: Language | None = None
        self._settled: Language | None = None

    @property
    def language(self) -> Language:
        """Language of what is printed: that of the words at hand, else the workspace's, else the terminal's."""
        if self.asked:
            return self.asked
        if self._settled is None:
            self._settled = self._settle_language()
        return self._settled

    def _settle_language(self) -> Language:
        from assistant.errors import WorkspaceError
        from assistant.settings import interface_language
        from assistant.workspace import find_workspace

        try:
            return interface_language(find_workspace(self.folder).settings_file)
        except WorkspaceError:
            return interface_language()

    def say(self, *, zh: str, en: str) -> str:
        """Return the text in the language of this run."""
        from tools.grammar import agree

        return zh if self.language == "zh" else agree(en)

    def heed(self, arguments: Iterable[str]) -> None:
        """Print in Chinese where any of a command's arguments has Chinese words."""
        if any(_HAN.search(argument) for argument in arguments):
            self.asked = "zh"

    def follow(self, words: str, language: str | None = None) -> Language:
        """Print in the language of a question, or in the one given; words without a language change nothing."""
        from assistant.language import asker_language

        if language in ("zh", "en"):
            self.asked = language  # type: ignore[assignment]
        elif any(c.isalpha() for c in words):
            self.asked = asker_language(words)
        return self.language

    @property
    def workspace(self) -> "Workspace":
        """The workspace at hand. Raises WorkspaceError."""
        from assistant.workspace import find_workspace

        return find_workspace(self.folder)

    def settings(self) -> "Settings":
        """Load the workspace's settings."""
        from assistant.settings import load_settings

        return load_settings(self.workspace.settings_file)

    @contextmanager
    def knowledge(self) -> Iterator["KnowledgeBase"]:
        """Open the documents alone."""
        from assistant.opening import open_knowledge

        knowledge = open_knowledge(self.workspace, self.settings())
        try:
            yield knowledge
        finally:
            knowledge.close()

    @contextmanager
    def metrics(self) -> Iterator["Metrics"]:
        """Open the data alone. Raises WorkspaceError where none is declared."""
        from assistant.errors import WorkspaceError
        from assistant.opening import open_metrics

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
