"""What a reader may see now: looked up all at once, and as it was cited."""

from pathlib import Path

from assistant.visibility import Visibility
from knowledge import KnowledgeBase


def test_chunks_are_found_in_the_version_they_were_cited_in(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path) as knowledge:
        first = knowledge.ingest_bytes("a.md", b"# A\n\nTwo coins.\n", teams=["growth"]).document
        [old] = knowledge.chunks(first.id, teams=None)
        knowledge.ingest_bytes("a.md", b"# A\n\nFive coins.\n", teams=["growth"])
        other = knowledge.ingest_bytes("b.md", b"# B\n\nNine coins.\n", teams=["finance"]).document
        [hidden] = knowledge.chunks(other.id, teams=None)
        growth = frozenset({"growth"})

        found = knowledge.find_chunks([old.id, hidden.id, "none", "\ud800"], teams=growth)
        assert list(found) == [old.id]
        assert found[old.id] == knowledge.chunk(old.id, teams=growth)
        assert (found[old.id][0].version, found[old.id][1].text) == (1, "# A\n\nTwo coins.")
        assert set(knowledge.find_chunks([old.id, hidden.id], teams=None)) == {old.id, hidden.id}

        seen = Visibility(knowledge, None, growth)
        seen.look_up([old.id, hidden.id])
        assert (seen.chunk(old.id), seen.chunk(hidden.id), seen.chunk("none")) == (True, False, False)
        knowledge.delete(first.id, teams=None)
        assert not Visibility(knowledge, None, None).chunk(old.id)
