"""The life of documents: added, unchanged, updated, cited, removed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import (
    ChunkNotFound,
    DocumentNotFound,
    DocumentTooLarge,
    EmbedderChanged,
    InvalidMetadata,
    KnowledgeError,
    UnreadableDocument,
    UnsupportedFormat,
)
from knowledge.loaders import MAX_BYTES
from knowledge.uploads import Failure, Upload
from tests.knowledge.embedders import HashingEmbedder

PLAYBOOK = "---\ntitle: 召回手册\ntags: [召回]\n---\n# 召回\n\n先分层，再触达。\n\n```tactic\nid: coupon\n```\n".encode()


def texts(base: KnowledgeBase, query: str) -> list[str]:
    return [result.chunk.text for result in base.search(query, teams=None)]


def test_ingested_document_is_found_and_cited(base: KnowledgeBase) -> None:
    before = datetime.now(UTC)
    ingested = base.ingest_bytes("playbook.md", PLAYBOOK, collection="playbooks", effective_date="2026-03-01")
    document = ingested.document
    assert ingested.status == "added"
    assert (document.title, document.collection, document.tags) == ("召回手册", "playbooks", ("召回",))
    assert (document.language, document.version, document.chunk_count) == ("zh-Hans", 1, 2)
    assert document.effective_date == date(2026, 3, 1)
    assert before <= document.updated_at <= datetime.now(UTC)
    [result, *_] = base.search("怎么分层触达", teams=None)
    assert result.document == document
    assert result.chunk.section == ("召回",)
    assert base.chunk(result.chunk.id, teams=None) == (document, result.chunk)
    assert result.chunk in base.chunks(document.id, teams=None)
    assert 0 <= result.score <= 1


def test_what_is_given_wins_over_front_matter(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("a.md", PLAYBOOK, title="Other", tags=["x"], teams=["crm", "ads"]).document
    assert (document.title, document.tags, document.teams) == ("Other", ("x",), ("ads", "crm"))


def test_same_document_again_is_unchanged_and_not_embedded(
    base: KnowledgeBase, embedder: HashingEmbedder
) -> None:
    first = base.ingest_bytes("a.md", PLAYBOOK)
    embedded = embedder.embedded
    again = base.ingest_bytes("a.md", PLAYBOOK)
    assert (again.status, again.document) == ("unchanged", first.document)
    assert embedder.embedded == embedded


def test_what_another_stores_meanwhile_is_unchanged(base: KnowledgeBase, tmp_path: Path) -> None:
    uploads = [
        Upload(f"{number}.md", f"Document {number} tells of topic{number}.".encode()) for number in range(40)
    ]

    def hand_over(first: int, last: int) -> Iterator[Upload]:
        yield from uploads[first:last]
        with KnowledgeBase.open(tmp_path / "state", embedder=HashingEmbedder()) as faster:
            assert len(list(faster.ingest_many(uploads[4:last]))) == last - 4

    some = [outcome.status for outcome in base.ingest_many(hand_over(0, 16))]
    assert sorted(some) == ["added"] * 4 + ["unchanged"] * 12
    assert [outcome.status for outcome in base.ingest_many(hand_over(16, 32))] == ["unchanged"] * 16
    assert {document.version for document in base.documents(teams=None)} == {1}
    for number in (0, 3, 4, 15, 31):
        assert base.search(f"topic{number}", teams=None)[0].document.source == f"{number}.md"
    assert base.recovery.heal().ok


def test_other_metadata_is_an_update(base: KnowledgeBase) -> None:
    first = base.ingest_bytes("a.md", PLAYBOOK)
    second = base.ingest_bytes("a.md", PLAYBOOK, owner="Li")
    assert (second.status, second.document.version, second.document.id) == ("updated", 2, first.document.id)


def test_update_replaces_in_search_and_keeps_old_chunks_citable(base: KnowledgeBase) -> None:
    base.ingest_bytes("a.txt", "退款需要三天。".encode(), title="旧标题")
    [old] = base.search("退款需要几天", teams=None)
    base.ingest_bytes("a.txt", "退款需要七天。".encode(), title="新标题")
    assert texts(base, "退款需要几天") == ["退款需要七天。"]
    document, chunk = base.chunk(old.chunk.id, teams=None)
    assert (chunk.text, chunk.version, document.version, document.title) == ("退款需要三天。", 1, 1, "旧标题")


def test_deleted_document_is_gone(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("a.txt", b"Refunds take three days.").document
    [chunk] = base.chunks(document.id, teams=None)
    base.delete(document.id, teams=None)
    assert texts(base, "refunds") == []
    assert base.documents(teams=None) == []
    with pytest.raises(DocumentNotFound):
        base.document(document.id, teams=None)
    with pytest.raises(ChunkNotFound):
        base.chunk(chunk.id, teams=None)
    with pytest.raises(DocumentNotFound):
        base.delete(document.id, teams=None)
    assert base.probe().ok


def test_blocks_are_current_only(base: KnowledgeBase) -> None:
    base.ingest_bytes("a.md", PLAYBOOK)
    base.ingest_bytes("a.md", PLAYBOOK.replace(b"coupon", b"message"))
    assert [chunk.text for _, chunk in base.blocks("tactic", teams=None)] == ["id: message"]


def test_collections_limit_search_and_listing(base: KnowledgeBase) -> None:
    base.ingest_bytes("a.txt", b"coupon plan", collection="plans")
    base.ingest_bytes("b.txt", b"coupon case", collection="cases")
    assert [r.document.source for r in base.search("coupon", teams=None, collections=["cases"])] == ["b.txt"]
    assert [d.source for d in base.documents(teams=None, collections=["plans"])] == ["a.txt"]
    assert base.search("coupon", teams=None, collections=[]) == []


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.md", b"", UnreadableDocument),
        ("a.md", b"\x00\x01\x02\x03" * 100, UnsupportedFormat),
        ("a.txt", b"x" * (MAX_BYTES + 1), DocumentTooLarge),
    ],
)
def test_failure_leaves_nothing_behind(
    base: KnowledgeBase, name: str, data: bytes, error: type[KnowledgeError]
) -> None:
    base.ingest_bytes("a.md", b"the earlier version")
    with pytest.raises(error):
        base.ingest_bytes(name, data)
    with pytest.raises(error):
        base.ingest_bytes("new-" + name, data)
    assert texts(base, "earlier version") == ["the earlier version"]
    assert len(base.documents(teams=None)) == 1
    assert base.probe().ok


def test_wrong_metadata_names_the_parameter(base: KnowledgeBase) -> None:
    with pytest.raises(InvalidMetadata) as caught:
        base.ingest_bytes("a.txt", b"text", effective_date="soon")
    assert caught.value.parameter == "effective_date"
    assert "soon" in caught.value.zh


def test_many_documents_fail_one_by_one(base: KnowledgeBase) -> None:
    uploads = [
        Upload("a.txt", b"first"),
        Upload("b.txt", b""),
        Upload("a.txt", b"second"),
        Upload("c.txt", b"c"),
    ]
    outcomes = list(base.ingest_many(uploads))
    statuses = sorted("failed" if isinstance(o, Failure) else o.status for o in outcomes)
    assert statuses == ["added", "added", "failed", "updated"]
    assert texts(base, "second")[0] == "second"


def test_reopened_base_holds_everything(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    with KnowledgeBase.open(tmp_path, embedder=embedder) as first:
        first.ingest_bytes("a.txt", b"Refunds take three days.")
    with KnowledgeBase.open(tmp_path, embedder=embedder) as second:
        assert texts(second, "refunds") == ["Refunds take three days."]
        assert second.probe().ok


def test_another_embedding_model_is_refused(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        base.ingest_bytes("a.txt", b"text")
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder(name="other", dimensions=32)) as base:
        with pytest.raises(EmbedderChanged):
            base.search("text", teams=None)
        with pytest.raises(EmbedderChanged):
            base.ingest_bytes("b.txt", b"text")
        assert len(base.documents(teams=None)) == 1
