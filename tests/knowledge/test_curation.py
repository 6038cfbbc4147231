"""What people do to passages and documents, and that it outlives the next version."""

from collections.abc import Callable

import pytest

from knowledge.base import KnowledgeBase
from knowledge.documents import Chunk
from knowledge.errors import ChunkNotFound, DocumentNotFound, InvalidCuration
from tests.knowledge.embedders import HashingEmbedder

GROWTH = frozenset({"growth"})
TEXT = "# 退款\n\n## 时限\n\n退款需要三天。\n\n## 材料\n\n退款需要订单号。\n"
NEW_TEXT = "# 退款\n\n## 时限\n\n退款需要三天。\n\n## 材料\n\n退款需要订单号和手机号。\n"


@pytest.fixture
def passage(base: KnowledgeBase) -> Callable[[str], Chunk]:
    document = base.ingest_bytes("refund.md", TEXT.encode()).document

    def find(words: str) -> Chunk:
        [chunk] = [chunk for chunk in base.chunks(document.id, teams=None) if words in chunk.text]
        return chunk

    return find


def found(base: KnowledgeBase, query: str = "退款需要什么") -> str:
    return "".join(result.chunk.text for result in base.search(query, teams=None))


def test_disabled_passage_is_not_searched_and_stays_citable(
    base: KnowledgeBase, embedder: HashingEmbedder, passage: Callable[[str], Chunk]
) -> None:
    embedded = embedder.embedded
    chunk = passage("三天")
    assert not base.curation.disable(chunk.id, teams=None, by="Li").enabled
    assert "三天" not in found(base)
    assert base.chunk(chunk.id, teams=None)[1].text == chunk.text
    assert not passage("三天").enabled
    assert base.curation.enable(chunk.id, teams=None, by="Li").enabled
    assert "三天" in found(base)
    assert embedder.embedded == embedded + 2  # the two questions
    assert base.probe().ok


def test_edit_stands_for_the_passage_and_can_be_undone(
    base: KnowledgeBase, passage: Callable[[str], Chunk]
) -> None:
    old = passage("三天")
    new = base.curation.edit(old.id, "退款需要七天。", teams=None, by="Li")
    assert (new.edited_by, new.position, new.section) == ("Li", old.position, old.section)
    assert new.id != old.id
    assert "七天" in found(base)
    assert "三天" not in found(base)
    assert base.chunk(old.id, teams=None)[1].text == old.text
    assert "退款需要七天。" in base.history.context(new.id, teams=None).text
    newest = base.curation.edit(old.id, "退款需要九天。", teams=None, by="Wang")
    assert passage("九天").id == newest.id
    back = base.curation.undo(newest.id, teams=None, by="Li")
    assert (back.id, back.edited_by) == (old.id, None)
    assert found(base).count("三天") == 1
    assert base.chunk(newest.id, teams=None)[1].text == "退款需要九天。"
    assert base.probe().ok


def test_edit_to_the_same_words_again_is_one_passage(
    base: KnowledgeBase, passage: Callable[[str], Chunk]
) -> None:
    old = passage("三天")
    first = base.curation.edit(old.id, "七天。", teams=None, by="Li")
    base.curation.undo(old.id, teams=None, by="Li")
    assert base.curation.edit(old.id, "七天。", teams=None, by="Wang").id == first.id
    assert base.curation.edit(old.id, old.text, teams=None, by="Li").id == old.id


def test_edits_are_carried_over_without_embedding_again(
    base: KnowledgeBase, embedder: HashingEmbedder, passage: Callable[[str], Chunk]
) -> None:
    base.curation.edit(passage("三天").id, "退款需要七天。", teams=None, by="Li")
    embedded = embedder.embedded
    ingested = base.ingest_bytes("refund.md", NEW_TEXT.encode())
    assert ingested.warnings == ()
    assert embedder.embedded == embedded + ingested.document.chunk_count
    assert (passage("七天").version, passage("七天").edited_by) == (2, "Li")
    assert "手机号" in found(base)
    assert "三天" not in found(base)


def test_edit_whose_passage_vanished_is_reported_once_and_comes_back_with_it(
    base: KnowledgeBase, passage: Callable[[str], Chunk]
) -> None:
    base.curation.disable(passage("订单号").id, teams=None, by="Li")
    first = base.ingest_bytes("refund.md", NEW_TEXT.encode())
    [warning] = first.warnings
    assert "Li" in warning.zh
    assert "订单号" in warning.en
    assert base.ingest_bytes("refund.md", NEW_TEXT.encode() + "\n## 其他\n\n无。\n".encode()).warnings == ()
    base.ingest_bytes("refund.md", TEXT.encode())
    assert "订单号" not in found(base)


def test_edit_holds_for_a_version_that_waits_too(
    base: KnowledgeBase, passage: Callable[[str], Chunk]
) -> None:
    from datetime import date

    base.ingest_bytes("refund.md", NEW_TEXT.encode(), effective_date="2999-01-01")
    base.curation.edit(passage("三天").id, "退款需要七天。", teams=None, by="Li")
    base.activate_due(date(3000, 1, 1))
    assert "七天" in found(base)
    assert "手机号" in found(base)
    assert "三天" not in found(base)


def test_passage_of_an_earlier_version_is_not_edited(
    base: KnowledgeBase, passage: Callable[[str], Chunk]
) -> None:
    old = passage("三天")
    base.ingest_bytes("refund.md", NEW_TEXT.encode())
    with pytest.raises(InvalidCuration, match="version 2"):
        base.curation.edit(old.id, "七天", teams=None, by="Li")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 5000])
def test_text_that_cannot_be_a_passage_is_refused(
    base: KnowledgeBase, passage: Callable[[str], Chunk], text: str
) -> None:
    with pytest.raises(InvalidCuration):
        base.curation.edit(passage("三天").id, text, teams=None, by="Li")


def test_marks_are_shown_and_taken_off(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("refund.md", TEXT.encode(), owner="Wang").document
    marked = base.curation.mark_stale(document.id, teams=None, by="Li", note="政策改了")
    assert marked.stale is not None
    assert (marked.stale.by, marked.stale.note) == ("Li", "政策改了")
    base.curation.assign_owner(document.id, "Zhao", teams=None)
    again = base.ingest_bytes("refund.md", NEW_TEXT.encode(), owner="Wang").document
    assert again.stale == marked.stale
    assert again.owner == "Zhao"
    assert base.curation.assign_owner(document.id, None, teams=None).owner == "Wang"
    assert base.curation.unmark_stale(document.id, teams=None).stale is None


def test_what_one_may_not_see_one_cannot_change(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("secret.md", TEXT.encode(), teams=["finance"]).document
    chunk = base.chunks(document.id, teams=None)[0]
    with pytest.raises(ChunkNotFound):
        base.curation.disable(chunk.id, teams=GROWTH, by="Li")
    with pytest.raises(DocumentNotFound):
        base.curation.mark_stale(document.id, teams=GROWTH, by="Li")
    assert base.search("退款", teams=frozenset({"finance"}))


LONG = "\n\n".join(
    f"第{number}条：活动{number}的负责人须在{number}日内提交复盘，并写明预算。" for number in range(30)
)


def test_copy_tells_what_people_did_to_its_like(base: KnowledgeBase) -> None:
    old = base.ingest_bytes("rules.md", LONG.encode(), teams=["growth"]).document
    base.curation.mark_stale(old.id, teams=None, by="Li", note="已改版")
    texts = {chunk.text: chunk.id for chunk in base.chunks(old.id, teams=None)}
    base.ingest_bytes("rules copy.md", LONG.encode())
    question = "活动3的负责人须在几日内提交复盘"
    best = base.search(question, teams=frozenset({"growth"}))[0]
    assert best.document.source == "rules copy.md"
    assert [(mark.kind, mark.by, mark.note) for mark in best.marks] == [("stale", "Li", "已改版")]
    assert "已改版" in best.marks[0].describe().zh
    assert base.search(question, teams=frozenset())[0].marks == ()
    base.curation.unmark_stale(old.id, teams=None)
    base.curation.disable(texts[best.chunk.text], teams=None, by="Zhao")
    best = base.search(question, teams=None)[0]
    assert [(mark.kind, mark.document_id, mark.by) for mark in best.marks] == [("disabled", old.id, "Zhao")]
    base.curation.edit(texts[best.chunk.text], "现在不用复盘。", teams=None, by="Sun")
    base.curation.enable(texts[best.chunk.text], teams=None, by="Sun")
    best = next(r for r in base.search(question, teams=None) if r.chunk.text == best.chunk.text)
    assert [mark.kind for mark in best.marks] == ["edited"]
    assert "Sun" in best.marks[0].describe().en
    base.ingest_bytes("rules copy.md", b"---\nreplaces: rules.md\nteams: growth\n---\n" + LONG.encode())
    base.curation.mark_stale(old.id, teams=None, by="Li")
    assert {mark for result in base.search(question, teams=None) for mark in result.marks} == set()
