"""What a turn warns of when it cites a document."""

from pathlib import Path

import pytest

from assistant.access import OWNER
from assistant.turn import Turn
from knowledge.base import KnowledgeBase
from knowledge.documents import SearchResult
from tests.knowledge.embedders import HashingEmbedder


@pytest.mark.parametrize(("language", "words"), [("zh", "尚未生效"), ("en", "does not hold yet")])
def test_a_document_that_does_not_hold_yet_is_said_to(tmp_path: Path, language: str, words: str) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        future = base.ingest_bytes(
            "future.md", b"# Prices\n\nBlack card members get 15 % off.", effective_date="2999-01-01"
        )
        present = base.ingest_bytes(
            "present.md", b"# Shipping\n\nOrders ship on the next day.", effective_date="2020-01-01"
        )
        documents = [future.document, present.document]
        named = [SearchResult(d, base.chunks(d.id, teams=None)[0], 1.0, 1.0, 1.0) for d in documents]
    turn = Turn(principal=OWNER, question="black card", language=language)
    turn.warn_of_validity(
        [turn.cite(result) for result in named]
    )  # as a curated answer names what it rests on
    [warning] = turn.warnings
    assert words in warning
    assert "2999-01-01" in warning


@pytest.mark.parametrize(("language", "words"), [("zh", "过时"), ("en", "out of date")])
def test_marks_of_copies_and_edits_come_with_the_citation(tmp_path: Path, language: str, words: str) -> None:
    text = b"# Prices\n\n" + b"\n\n".join(
        b"Card %d costs %d lanterns a year." % (n, 10 * n) for n in range(30)
    )
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        old = base.ingest_bytes("old.md", text).document
        base.curation.mark_stale(old.id, teams=None, by="Li")
        new = base.ingest_bytes("new.md", text).document
        chunk = base.chunks(new.id, teams=None)[0]
        base.curation.edit(chunk.id, "Card 1 costs nothing.", teams=None, by="Zhao")
        results = base.search("what does card 1 cost", teams=None)
        [edited] = [result for result in results if result.chunk.edited_by]
    turn = Turn(principal=OWNER, question="card 1", language=language)
    passage = turn.cite(edited)
    turn.warn_of_validity([passage])
    assert passage.cite("1", "Card 1").edited_by == "Zhao"
    assert passage.edited_on is not None
    [warning] = turn.warnings
    assert warning.startswith("[1] ")
    assert words in warning
