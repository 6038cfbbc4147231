"""Crashes and damage: the catalogue is the truth, and the indexes follow it without embedding."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import CatalogueUnavailable
from knowledge.search.lexical_index import _list_tables
from knowledge.upkeep.alignment import _read_vectors
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.test_damage import write_section

CRASH = """
import os, sys
from pathlib import Path
from knowledge.search import dense_search
from knowledge.base import KnowledgeBase
from tests.knowledge.embedders import HashingEmbedder

def crash(state, name):
    base = KnowledgeBase.open(state, embedder=HashingEmbedder())
    base.ingest_bytes("kept.txt", b"The kept coupon document.")
    base.ingest_bytes("moved.txt", b"The moved coupon document.")
    dense_search.align_vectors = lambda *_: os._exit(9)  # dies after the catalogue, before the vectors
    base.ingest_bytes(name, b"The new coupon document.", teams=["growth"])

for name in sys.argv[2:]:
    if os.fork() == 0:
        crash(Path(sys.argv[1]) / name, name)
    if os.waitstatus_to_exitcode(os.wait()[1]) != 9:
        sys.exit(1)
"""
NAMES = ("new.txt", "moved.txt")


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the state folders of processes that died while they took in a document of that name."""
    folder = tmp_path_factory.mktemp("crashed")
    subprocess.run([sys.executable, "-c", CRASH, str(folder), *NAMES], check=True)
    return folder


def fill(base: KnowledgeBase, count: int = 30) -> None:
    for number in range(count):
        base.ingest_bytes(f"{number}.txt", f"Document {number} tells of topic{number}.".encode())


@pytest.mark.parametrize("name", NAMES)
def test_death_between_catalogue_and_vectors_heals_at_opening(crashed: Path, name: str) -> None:
    embedder = HashingEmbedder()
    with KnowledgeBase.open(crashed / name, embedder=embedder) as base:
        assert base.recovery.heal().ok
        assert embedder.embedded == 0
        sources = {r.document.source for r in base.search("new coupon document", teams=frozenset({"growth"}))}
        assert sources == {"kept.txt", "moved.txt", name}
        assert name not in {r.document.source for r in base.search("new coupon", teams=frozenset())}


def test_new_index_is_sound_from_the_first_and_at_each_opening(tmp_path: Path) -> None:
    for _ in range(3):
        with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
            fill(base, 2)
            assert base.probe().ok
            assert base.recovery.heal().ok
            assert [folder.name for folder in (tmp_path / "vectors").iterdir()] == ["1"]


def test_lost_vector_folder_is_noticed_and_rebuilt_without_embedding(
    tmp_path: Path, embedder: HashingEmbedder
) -> None:
    with KnowledgeBase.open(tmp_path, embedder=embedder) as base:
        fill(base)
    shutil.rmtree(tmp_path / "vectors")
    embedded = embedder.embedded
    with KnowledgeBase.open(tmp_path, embedder=embedder) as base:
        assert not base.probe().ok
        assert base.search("topic7", teams=None)[0].document.source == "7.txt"  # by words
        asked = embedder.embedded
        base.rebuild_indexes()
        assert base.probe().ok
        assert embedder.embedded == asked == embedded + 1
        assert base.search("topic7", teams=None)[0].document.source == "7.txt"


def test_damaged_chroma_database_is_noticed_and_rebuilt(tmp_path: Path, embedder: HashingEmbedder) -> None:
    with KnowledgeBase.open(tmp_path, embedder=embedder) as base:
        fill(base, 5)
    [database] = (tmp_path / "vectors").rglob("chroma.sqlite3")
    database.write_bytes(b"garbage" * 1000)
    with KnowledgeBase.open(tmp_path, embedder=embedder) as base:
        health = base.probe()
        assert not health.ok
        assert health.detail.in_language("zh") != health.detail.en
        assert base.search("topic3", teams=None)[0].document.source == "3.txt"
        base.ingest_bytes("later.txt", b"A later document.")
        base.rebuild_indexes()
        assert base.probe().ok
    assert len(list((tmp_path / "vectors").iterdir())) == 1


def test_lost_lexical_rows_are_noticed_and_rebuilt(base: KnowledgeBase) -> None:
    fill(base, 5)
    with base._catalogue.engine.begin() as connection:
        [table] = _list_tables(connection)
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE rowid > 2")
    assert not base.probe().ok
    base.rebuild_indexes()
    assert base.probe().ok


def test_garbled_lexical_index_is_noticed_and_rebuilt(base: KnowledgeBase) -> None:
    fill(base, 5)
    with base._catalogue.engine.begin() as connection:
        [table] = _list_tables(connection)
        connection.exec_driver_sql(f"UPDATE {table}_data SET block = x'0badc0de' WHERE id > 10")
    assert base.search("topic3", teams=None)[0].document.source == "3.txt"
    assert base.recovery.heal().ok
    assert base.search("topic3", teams=None)[0].document.source == "3.txt"


def test_second_process_searches_and_writes_without_the_index(base: KnowledgeBase, tmp_path: Path) -> None:
    fill(base, 3)
    embedder = HashingEmbedder()
    with KnowledgeBase.open(tmp_path / "state", embedder=embedder) as second:
        second.ingest_bytes("second.txt", b"The second tells of topic77.")
        assert second.search("topic77", teams=None)[0].document.source == "second.txt"
        assert second.probe().ok
    assert base.search("topic77", teams=None)[0].document.source == "second.txt"
    assert base.recovery.heal().ok


def test_vectors_held_in_memory_follow_the_changes_of_another_process(
    base: KnowledgeBase, tmp_path: Path
) -> None:
    fill(base, 3)
    vector = HashingEmbedder().embed(["Document 2 tells of topic2."])[0]

    def ask(*audiences: int) -> list[int]:
        with base._catalogue.engine.connect() as connection:
            return base._dense.query(connection, vector, audiences=audiences, limit=1)

    assert ask(1) == ask(1, 2) == [3]
    with KnowledgeBase.open(tmp_path / "state", embedder=HashingEmbedder()) as second:
        second.ingest_bytes("2.txt", b"Document 2 tells of topic2.", teams=["growth"])
        assert ask(2) == [4]
        assert ask(1) != [3]
        second.delete(second.documents(teams=frozenset({"growth"}))[-1].id, teams=None)
    assert 4 not in ask(1, 2)


def test_lost_vector_is_noticed(base: KnowledgeBase) -> None:
    fill(base, 5)
    index = base._dense.index
    assert index is not None
    index._open_collection(1).delete(ids=["3"])
    assert not base.probe().ok


@pytest.mark.parametrize(("lost", "ok"), [(1, True), (2, False)])
def test_index_that_misses_one_known_chunk_is_kept_and_one_that_misses_more_is_not(
    base: KnowledgeBase, lost: int, ok: bool
) -> None:
    base.ingest_bytes("sections.md", "".join(map(write_section, range(80))).encode())
    assert base.recovery.heal().ok
    index = base._dense.index
    assert index is not None
    with base._catalogue.engine.connect() as connection:
        rows, vectors = _read_vectors(connection, 1, after=0)
    # Of 80 rows every tenth and the last are looked for; one or two of these get a vector that points away.
    for number in range(10, 10 * lost + 1, 10):
        index.add(1, rows=rows[number : number + 1], vectors=-vectors[number : number + 1])
    assert len(rows) == 80
    assert base.probe().ok is ok


def test_catalogue_that_is_no_database_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"not a database" * 100)
    with pytest.raises(CatalogueUnavailable, match="cannot be opened"):
        KnowledgeBase.open(tmp_path, embedder=HashingEmbedder())


def test_catalogue_of_a_newer_version_is_a_plain_error(tmp_path: Path) -> None:
    with (
        KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base,
        base._catalogue.engine.begin() as c,
    ):
        c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CatalogueUnavailable, match="9999"):
        KnowledgeBase.open(tmp_path, embedder=HashingEmbedder())
