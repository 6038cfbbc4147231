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
    for result in named:  # as a curated answer names what it rests on
        turn.cite(result)
    turn.warn_of_validity(document.id for document in documents)
    [warning] = turn.warnings
    assert words in warning
    assert "2999-01-01" in warning
