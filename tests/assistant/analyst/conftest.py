"""An assistant with the embedded analyst over the demonstration workspace, opened once."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.access import OWNER, Principal
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.workspace import Workspace

Ask = Callable[..., Answer]


@pytest.fixture(scope="package")
def workspace(demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("analyst") / "workspace"
    shutil.copytree(demo_workspace.root, folder)
    return Workspace(Path(folder))


@pytest.fixture(scope="package")
def ask(workspace: Workspace) -> Iterator[Ask]:
    import asyncio

    runner = asyncio.Runner()
    assistant = Assistant.open(workspace)

    def ask_once(question: str, principal: Principal = OWNER, **options: str) -> Answer:
        return runner.run(assistant.ask(question, principal=principal, **options))

    ask_once.assistant = assistant  # type: ignore[attr-defined]
    yield ask_once
    runner.run(assistant.aclose())
    runner.close()
