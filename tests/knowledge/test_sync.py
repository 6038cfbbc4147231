from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.documents import SyncProgress
from knowledge.errors import FolderNotFound, UnreadableDocument


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    (root / "playbooks").mkdir(parents=True)
    (root / "playbooks" / "召回.md").write_text("# 召回\n\n先分层。", encoding="utf-8")
    (root / "notes.txt").write_text("Notes of the week.", encoding="gbk")
    (root / "empty.md").touch()
    (root / "photo.png").write_bytes(b"\x89PNG")
    (root / ".hidden.md").write_text("hidden")
    (root / ".yunce").mkdir()
    (root / ".yunce" / "state.md").write_text("state")
    return root


def test_first_sync_adds(base: KnowledgeBase, library: Path) -> None:
    progress: list[SyncProgress] = []
    report = base.sync(library, on_progress=progress.append)
    assert sorted((d.source, d.collection) for d in report.added) == [
        ("notes.txt", "documents"),
        ("playbooks/召回.md", "playbooks"),
    ]
    assert report.skipped == ("photo.png",)
    [failure] = report.failed
    assert failure.source == "empty.md"
    assert isinstance(failure.error, UnreadableDocument)
    assert [step.done for step in progress if step.status != "reading"] == [1, 2, 3]
    assert {step.total for step in progress} == {3}


def test_second_sync_changes_nothing(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    report = base.sync(library)
    assert (report.added, report.updated, report.removed) == ((), (), ())
    assert len(report.unchanged) == 2


def test_changes_and_removals_propagate(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    uploaded = base.ingest_bytes("uploaded.txt", b"An upload.").document
    (library / "notes.txt").write_text("Notes of the month.")
    (library / "playbooks" / "召回.md").unlink()
    report = base.sync(library)
    assert [document.source for document in report.updated] == ["notes.txt"]
    assert [document.source for document in report.removed] == ["playbooks/召回.md"]
    assert {d.source for d in base.documents(teams=None)} == {"notes.txt", "uploaded.txt"}
    assert base.document(uploaded.id, teams=None) == uploaded
    assert not any("分层" in result.chunk.text for result in base.search("分层", teams=None))


def test_broken_file_keeps_its_earlier_version(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    (library / "notes.txt").write_bytes(b"")
    report = base.sync(library)
    assert {failure.source for failure in report.failed} == {"empty.md", "notes.txt"}
    assert "notes.txt" in {document.source for document in base.documents(teams=None)}


def test_missing_folder_removes_nothing(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    library.rename(library.with_name("moved"))
    with pytest.raises(FolderNotFound):
        base.sync(library)
    assert len(base.documents(teams=None)) == 2


def test_file_and_sync_mean_the_same_document(base: KnowledgeBase, library: Path) -> None:
    document = base.ingest_file(library / "playbooks" / "召回.md", root=library).document
    assert (document.source, document.collection) == ("playbooks/召回.md", "playbooks")
    assert document in base.sync(library).unchanged


def test_two_folders_do_not_remove_each_others(base: KnowledgeBase, library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("Other notes.")
    base.sync(library)
    assert len(base.sync(other).added) == 1
    assert base.sync(library).removed == ()
    assert len(base.documents(teams=None)) == 3


def test_links_are_left_out(base: KnowledgeBase, library: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    (library / "link.md").symlink_to(secret)
    assert "link.md" not in {document.source for document in base.sync(library).added}


def test_unknown_front_matter_key_is_reported(base: KnowledgeBase, library: Path) -> None:
    (library / "typo.md").write_text("---\ncolection: x\n---\ntext")
    [(source, warning)] = base.sync(library).warnings
    assert source == "typo.md"
    assert "collection" in warning.en


def test_missing_file_is_a_plain_error(base: KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be read"):
        base.ingest_file(tmp_path / "nowhere.md")
