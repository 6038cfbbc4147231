"""Fixtures that every package's tests share."""

import pytest

from assistant.workspace import Workspace, create_workspace


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The demonstration workspace with its library ingested; copy it before writing to it."""
    from knowledge import KnowledgeBase

    workspace = create_workspace(tmp_path_factory.mktemp("demo") / "workspace", demo=True)
    knowledge = KnowledgeBase.open(workspace.state)
    report = knowledge.sync(workspace.library)
    knowledge.close()
    assert not report.failed
    return workspace
