"""Workspaces: made, found, refused with a sentence."""

from pathlib import Path

import pytest

from assistant.errors import WorkspaceError
from assistant.settings import load_settings
from assistant.workspace import Workspace, create_workspace, find_workspace


def test_a_new_workspace_is_whole(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "a" / "b")
    assert workspace.settings_file.is_file()
    assert workspace.metrics_file.is_file()
    assert workspace.state.is_dir()
    assert (workspace.root / "data").is_dir()
    assert list(workspace.library.glob("playbooks/*.md"))
    assert list(workspace.library.glob("glossary/*.md"))
    assert not list(workspace.library.rglob("*.py"))
    assert load_settings(workspace.settings_file).model.name is None


def test_a_new_workspace_declares_no_data_yet(empty_workspace: Workspace) -> None:
    from assistant.opening import open_metrics
    from assistant.settings import Settings

    assert open_metrics(empty_workspace, Settings()) is None


def test_the_demonstration_has_data_and_documents(demo_workspace: Workspace) -> None:
    assert list((demo_workspace.root / "data").glob("*.parquet"))
    assert {path.name for path in demo_workspace.library.iterdir()} >= {
        "playbooks",
        "cases",
        "reviews",
        "glossary",
    }


def test_a_workspace_is_not_made_twice(empty_workspace: Workspace) -> None:
    before = empty_workspace.settings_file.read_bytes()
    with pytest.raises(WorkspaceError, match="already is a workspace"):
        create_workspace(empty_workspace.root)
    assert empty_workspace.settings_file.read_bytes() == before


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text("timezone: UTC\n", encoding="utf-8")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "own.md").write_text("# Own", encoding="utf-8")
    workspace = create_workspace(tmp_path)
    assert workspace.metrics_file.read_text(encoding="utf-8") == "timezone: UTC\n"
    assert (workspace.library / "own.md").is_file()


def test_a_file_cannot_become_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        create_workspace(tmp_path / "file")
    assert "Cannot make a workspace" in caught.value.en
    assert "无法" in caught.value.zh


def test_a_folder_where_nothing_can_be_made() -> None:
    with pytest.raises(WorkspaceError, match="Cannot make a workspace"):
        create_workspace(Path("/proc/yunce"))


def test_a_failed_start_leaves_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(WorkspaceError):
        create_workspace(tmp_path)
    with pytest.raises(WorkspaceError):
        find_workspace(tmp_path)


def test_what_is_no_workspace_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        find_workspace(tmp_path)
    assert f"yunce init {tmp_path}" in caught.value.en
    assert f"yunce init {tmp_path}" in caught.value.zh


def test_a_workspace_is_found_from_within_and_by_variable(
    empty_workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YUNCE_WORKSPACE", raising=False)
    monkeypatch.chdir(empty_workspace.library / "playbooks")
    assert find_workspace() == empty_workspace
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YUNCE_WORKSPACE", str(empty_workspace.root))
    assert find_workspace() == empty_workspace
    monkeypatch.setenv("YUNCE_WORKSPACE", str(tmp_path / "nowhere"))
    with pytest.raises(WorkspaceError, match="nowhere"):
        find_workspace()
    assert find_workspace(empty_workspace.root) == empty_workspace
