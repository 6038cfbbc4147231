import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import FolderNotFound, UnreadableDocument
from knowledge.reports import SyncProgress
from tests.knowledge.embedders import HashingEmbedder


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
    assert [failure.source for failure in report.failed] == ["notes.txt"]
    assert [failure.source for failure in report.failing] == ["empty.md"]
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


def age(folder: Path) -> None:
    """Make all files look as if they had been written a while ago, each at its own time."""
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if path.is_file():
            os.utime(path, ns=(10**18 + number, 10**18 + number))


def test_unchanged_files_are_not_read(base: KnowledgeBase, library: Path) -> None:
    age(library)
    base.sync(library)
    (library / "notes.txt").write_text("Notes of the luck.", encoding="gbk")  # as long as before
    os.utime(library / "notes.txt", ns=(10**18 + 1, 10**18 + 1))
    age(library)
    progress: list[SyncProgress] = []
    assert len(base.sync(library, on_progress=progress.append).unchanged) == 2
    assert not any(step.status == "reading" for step in progress)


def test_touched_file_is_unchanged(base: KnowledgeBase, library: Path, embedder: HashingEmbedder) -> None:
    age(library)
    [document] = [d for d in base.sync(library).added if d.source == "notes.txt"]
    embedded = embedder.embedded
    os.utime(library / "notes.txt")
    report = base.sync(library)
    assert document in report.unchanged
    assert embedder.embedded == embedded


def test_renamed_file_keeps_its_id_and_citations(
    base: KnowledgeBase, library: Path, embedder: HashingEmbedder
) -> None:
    before = {document.source: document for document in base.sync(library).added}
    old = before["playbooks/召回.md"]
    [chunk] = base.chunks(old.id, teams=None)
    embedded = embedder.embedded
    (library / "cases").mkdir()
    (library / "playbooks" / "召回.md").rename(library / "cases" / "唤回.md")
    report = base.sync(library)
    [moved] = report.moved
    assert (moved.id, moved.version, moved.source, moved.collection) == (old.id, 1, "cases/唤回.md", "cases")
    assert (report.added, report.updated, report.removed) == ((), (), ())
    assert embedder.embedded == embedded
    assert base.chunk(chunk.id, teams=None)[1] == chunk
    [found] = base.search("分层", teams=None, collections=["cases"])
    assert found.document.id == old.id
    assert base.search("分层", teams=None, collections=["playbooks"]) == []
    assert base.recovery.heal().ok


def test_file_in_the_place_of_a_renamed_one_is_another_document(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    (library / "notes.txt").rename(library / "week.txt")
    [moved] = base.sync(library).moved
    (library / "notes.txt").write_text("Quite other notes.")
    (library / "week.txt").write_text("Notes of the week, revised.")
    report = base.sync(library)
    [added], [updated] = report.added, report.updated
    assert (updated.id, updated.version, updated.title) == (moved.id, 2, "week")
    assert added.id != moved.id
    assert len(base.sync(library).unchanged) == 3


def test_failed_file_is_tried_again_when_it_changes_or_on_demand(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    report = base.sync(library)
    assert report.failed == ()
    assert [failure.source for failure in report.failing] == ["empty.md"]
    [failure] = base.sync(library, retry=True).failed
    [kept] = base.failures()
    assert (kept.source, kept.attempts, kept.zh) == ("empty.md", 2, failure.error.zh)
    (library / "empty.md").write_text("No longer empty.")
    assert len(base.sync(library).added) == 1
    assert base.failures() == []


def test_failure_of_a_vanished_file_is_forgotten(base: KnowledgeBase, library: Path) -> None:
    base.sync(library)
    (library / "empty.md").unlink()
    base.sync(library)
    assert base.failures() == []


def pack(library: Path, **members: bytes) -> None:
    with ZipFile(library / "pack.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.md", data)


def test_failure_in_a_changed_archive_follows_it(base: KnowledgeBase, library: Path) -> None:
    pack(library, good=b"# Good", bad=b"", worse=b"")
    report = base.sync(library)
    assert "pack.zip/good.md" in {document.source for document in report.added}
    assert {f.source for f in base.failures()} == {"empty.md", "pack.zip/bad.md", "pack.zip/worse.md"}
    assert {f.source for f in base.sync(library).failing} == {f.source for f in base.failures()}
    pack(library, good=b"# Good", bad=b"# No longer bad")
    report = base.sync(library)
    assert [document.source for document in report.added] == ["pack.zip/bad.md"]
    assert [f.source for f in base.failures()] == ["empty.md"]
    pack(library, good=b"", bad=b"# No longer bad")
    base.sync(library)
    assert {f.source for f in base.failures()} == {"empty.md", "pack.zip/good.md"}
    assert "pack.zip/good.md" in {document.source for document in base.documents(teams=None)}
    (library / "pack.zip").unlink()
    assert len(base.sync(library).removed) == 2
    assert [f.source for f in base.failures()] == ["empty.md"]


def test_archive_that_was_only_touched_or_renamed_keeps_its_documents(
    base: KnowledgeBase, library: Path
) -> None:
    pack(library, one=b"# One", two=b"# Two")
    before = {d.id for d in base.sync(library).added}
    report = base.sync(library)
    assert (report.removed, len(report.unchanged)) == ((), 4)
    (library / "pack.zip").rename(library / "box.zip")
    report = base.sync(library)
    assert sorted(document.source for document in report.moved) == ["box.zip/one.md", "box.zip/two.md"]
    assert report.removed == ()
    assert {document.id for document in base.documents(teams=None)} == before


def test_mass_removal_has_to_be_confirmed(base: KnowledgeBase, library: Path) -> None:
    for number in range(25):
        (library / f"{number}.md").write_text(f"# Note {number}")
    base.sync(library)
    library.rename(library.with_name("away"))
    library.mkdir()
    asked: list[tuple[int, int]] = []
    report = base.sync(library, confirm=lambda *numbers: bool(asked.append(numbers)))
    assert asked == [(27, 27)]
    assert (len(report.withheld), report.removed) == (27, ())
    assert len(base.sync(library, confirm=lambda *_: True).removed) == 27
    assert base.documents(teams=None) == []


def test_folder_that_cannot_be_listed_loses_nothing(
    base: KnowledgeBase, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.sync(library)
    scan = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "playbooks":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert base.sync(library).removed == ()


def test_by_products_of_editors_are_left_out(base: KnowledgeBase, library: Path) -> None:
    for name in (
        "~$plan.docx",
        "plan.md~",
        ".plan.md.swp",
        "#plan.md#",
        "plan.md.tmp",
        "plan.pdf.crdownload",
    ):
        (library / name).write_text("by-product")
    report = base.sync(library)
    assert report.skipped == ("photo.png",)
    assert len(report.added) == 2


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
