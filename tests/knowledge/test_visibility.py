"""A reader never learns of a document of another team."""

from collections.abc import Callable

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import ChunkNotFound, DocumentNotFound, KnowledgeError

GROWTH = frozenset({"growth"})
FINANCE = frozenset({"finance"})
NOBODY: frozenset[str] = frozenset()


def write_plan(words: str) -> bytes:
    """Return a plan that is no near duplicate of one with other words."""
    return f"# Coupon plan\n\nThe secret coupon budget: {words}.\n\n```tactic\nid: secret\n```\n".encode()


TEXT = write_plan("a hundred each")


def found(base: KnowledgeBase, teams: frozenset[str] | None) -> set[str]:
    return {result.document.source for result in base.search("coupon budget plan", teams=teams)}


@pytest.fixture
def shared(base: KnowledgeBase) -> KnowledgeBase:
    base.ingest_bytes(
        "growth.md", write_plan("referral rewards grow with each invited friend who pays"), teams=["growth"]
    )
    base.ingest_bytes(
        "finance.md", write_plan("quarterly ceilings are signed by two controllers"), teams=["finance"]
    )
    base.ingest_bytes(
        "both.md",
        write_plan("shared forecasts reconcile spending against margin"),
        teams=["finance", "growth"],
    )
    base.ingest_bytes("public.md", write_plan("anyone may read the published price list"))
    return base


@pytest.mark.parametrize(
    ("teams", "sources"),
    [
        (None, {"growth.md", "finance.md", "both.md", "public.md"}),
        (GROWTH, {"growth.md", "both.md", "public.md"}),
        (FINANCE, {"finance.md", "both.md", "public.md"}),
        (GROWTH | FINANCE, {"growth.md", "finance.md", "both.md", "public.md"}),
        (NOBODY, {"public.md"}),
        (frozenset({"other"}), {"public.md"}),
    ],
)
def test_reads_show_only_what_the_teams_may_see(
    shared: KnowledgeBase, teams: frozenset[str] | None, sources: set[str]
) -> None:
    assert found(shared, teams) == sources
    assert {document.source for document in shared.documents(teams=teams)} == sources
    assert {document.source for document, _ in shared.blocks("tactic", teams=teams)} == sources


def test_hidden_document_behaves_as_if_it_did_not_exist(shared: KnowledgeBase) -> None:
    [hidden] = [d for d in shared.documents(teams=None) if d.source == "finance.md"]
    chunk = shared.chunks(hidden.id, teams=None)[0]
    reads: list[tuple[Callable[[str], object], str, str, type[KnowledgeError]]] = [
        (lambda i: shared.document(i, teams=GROWTH), hidden.id, "d_0000000000000000", DocumentNotFound),
        (lambda i: shared.chunks(i, teams=GROWTH), hidden.id, "d_0000000000000000", DocumentNotFound),
        (lambda i: shared.delete(i, teams=GROWTH), hidden.id, "d_0000000000000000", DocumentNotFound),
        (lambda i: shared.chunk(i, teams=GROWTH), chunk.id, "c_0000000000000000", ChunkNotFound),
    ]
    for read, hidden_id, missing_id, error in reads:
        with pytest.raises(error) as of_hidden:
            read(hidden_id)
        with pytest.raises(error) as of_missing:
            read(missing_id)
        assert str(of_hidden.value).replace(hidden_id, "") == str(of_missing.value).replace(missing_id, "")
    assert shared.document(hidden.id, teams=None) == hidden


def test_revocation_holds_in_the_next_read(base: KnowledgeBase) -> None:
    base.ingest_bytes("plan.md", TEXT, teams=["growth", "finance"])
    [result, *_] = base.search("coupon budget", teams=GROWTH)
    base.ingest_bytes("plan.md", TEXT, teams=["finance"])
    assert found(base, GROWTH) == set()
    assert found(base, FINANCE) == {"plan.md"}
    with pytest.raises(ChunkNotFound):
        base.chunk(result.chunk.id, teams=GROWTH)
    base.chunk(result.chunk.id, teams=FINANCE)


def test_catalogue_decides_even_if_the_vector_index_is_behind(base: KnowledgeBase) -> None:
    base.ingest_bytes("plan.md", TEXT)
    with base._catalogue.engine.begin() as connection:  # the index still has the vectors where all may look
        connection.exec_driver_sql("INSERT INTO audiences (teams) VALUES ('[\"finance\"]')")
        connection.exec_driver_sql("UPDATE entries SET audience_id = 2")
        connection.exec_driver_sql("UPDATE documents SET audience_id = 2")
    assert found(base, GROWTH) == set()


def test_public_collection_name_tells_nothing(shared: KnowledgeBase) -> None:
    shared.ingest_bytes("hidden.txt", b"coupon", collection="secret", teams=["finance"])
    assert shared.search("coupon", teams=GROWTH, collections=["secret"]) == []
    assert shared.documents(teams=GROWTH, collections=["secret"]) == []
