"""Nearest neighbours: held in memory, asked of the index and read one by one, all the same."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.base import KnowledgeBase
from knowledge.search import exact_search, held_vectors
from knowledge.search.vector_index import VectorIndex
from knowledge.uploads import Upload
from tests.knowledge.embedders import HashingEmbedder

ALL = (1, 2, 3)


@pytest.fixture
def filled(base: KnowledgeBase) -> KnowledgeBase:
    """Sixty documents of three audiences and two collections."""
    for outcome in base.ingest_many(
        Upload(
            name=f"{number}.txt",
            data=f"Document {number} tells of topic{number} and word{number % 7}.".encode(),
            teams=[[], ["growth"], ["growth", "design"]][number % 3],
            collection="even" if number % 2 == 0 else "odd",
        )
        for number in range(60)
    ):
        outcome.document  # noqa: B018  raises if it is a failure
    return base


def ask(base: KnowledgeBase, text: str, *audiences: int, collections: list[str] | None = None) -> list[int]:
    [vector] = HashingEmbedder().embed([text])
    with base._catalogue.engine.connect() as connection:
        found = base._dense.query(connection, vector, audiences=audiences, collections=collections, limit=5)
    return sorted(found)


def measure(base: KnowledgeBase, text: str, rows: list[int]) -> list[float]:
    [vector] = HashingEmbedder().embed([text])
    query = f"SELECT vector FROM vectors WHERE row IN ({','.join(map(str, rows))})"
    with base._catalogue.engine.connect() as connection:
        found = connection.exec_driver_sql(query).scalars().all()
    return sorted(round(float(np.frombuffer(value, "<f4") @ vector), 4) for value in found)


@pytest.mark.parametrize("collections", [None, ["even"], ["odd", "other"], []])
@pytest.mark.parametrize("audiences", [ALL, (2,), (3, 1), ()])
def test_all_ways_find_the_same(
    filled: KnowledgeBase,
    monkeypatch: pytest.MonkeyPatch,
    audiences: tuple[int, ...],
    collections: list[str] | None,
) -> None:
    held = ask(filled, "topic7 word3", *audiences, collections=collections)
    monkeypatch.setattr(held_vectors, "MOST_HELD", 0)
    filled._dense._held = held_vectors.HeldVectors()
    indexed = ask(filled, "topic7 word3", *audiences, collections=collections)
    filled._dense.set_aside()
    scanned = ask(filled, "topic7 word3", *audiences, collections=collections)
    near = [measure(filled, "topic7 word3", rows) for rows in (held, indexed, scanned)]
    assert near[0] == near[1] == near[2]  # of those equally near any may be found
    assert bool(held) == (collections != [] and audiences != ())


def test_what_is_held_follows_each_change(filled: KnowledgeBase) -> None:
    [nearest] = (document for document in filled.documents(teams=None) if document.source == "7.txt")
    [row] = set(ask(filled, "Document 7 tells of topic7 and word0.", *ALL)) - set(
        ask_without(filled, nearest.id, "Document 7 tells of topic7 and word0.")
    )
    matrix = filled._dense._held._held.matrix
    assert row not in ask(filled, "Document 7 tells of topic7 and word0.", *ALL)
    filled.ingest_bytes("7.txt", b"Document 7 tells of topic7 and word0.", collection="moved")
    assert ask(filled, "Document 7 tells of topic7 and word0.", 1, collections=["moved"]) == [61]
    assert filled._dense._held._held.matrix.shape == (60, matrix.shape[1])


def ask_without(base: KnowledgeBase, document_id: str, text: str) -> list[int]:
    base.delete(document_id, teams=None)
    return ask(base, text, *ALL)


def test_a_share_of_many_is_found_by_the_index(
    filled: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_vectors, "MOST_HELD", 59)
    monkeypatch.setattr(exact_search, "_scan_pages", None)
    assert len(ask(filled, "topic7", *ALL)) == 15


def test_vectors_of_different_lengths_are_not_held(filled: KnowledgeBase) -> None:
    with filled._catalogue.engine.begin() as connection:
        values = (np.ones(3, dtype="<f4").tobytes(),)
        connection.exec_driver_sql("UPDATE vectors SET vector = ? WHERE row = 3", values)
    assert 3 not in ask(filled, "topic7", *ALL)


def test_an_empty_base_asks_no_index(base: KnowledgeBase) -> None:
    assert ask(base, "topic7", *ALL) == []
    assert base._dense._index is None


def add_many(index: VectorIndex, first: int) -> None:
    """Add so many vectors that Chroma writes its files."""
    matrix = np.random.default_rng(first).standard_normal((2_000, 8), dtype="float32")
    index.add(1, rows=[(first + n, f"d{first + n}", "default") for n in range(2_000)], vectors=matrix)


def test_an_index_that_is_being_written_is_not_taken_for_damaged(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    with index.changes():
        add_many(index, 1)
    with index.changes():
        add_many(index, 2_001)
        assert index.is_untouched()
    assert index.is_untouched()
    assert index.is_whole()
    index.close()


def fail_while_writing(index: VectorIndex) -> None:
    with index.changes():
        add_many(index, 2_001)
        raise OSError("the disk is full")


def test_an_index_whose_writing_was_cut_short_is_not_trusted(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    with index.changes():
        add_many(index, 1)
    with pytest.raises(OSError, match="full"):
        fail_while_writing(index)
    assert not index.is_untouched()
    assert not index.is_whole()
    index.close()
