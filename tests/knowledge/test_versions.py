"""Versions and their days, kept files, sections, replacements and near duplicates."""

from datetime import date

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import ChunkNotFound, DocumentNotFound, OriginalNotFound
from tests.knowledge.embedders import HashingEmbedder

NEXT_YEAR = date(2999, 1, 1)
AFTER = date(3000, 1, 1)
GROWTH = frozenset({"growth"})
RULES = [
    f"第{number}条：活动{number}的负责人须在{number}日内提交复盘，并写明预算与结果。" for number in range(40)
]


def found(base: KnowledgeBase, query: str, teams: frozenset[str] | None = None) -> list[str]:
    return [result.chunk.text for result in base.search(query, teams=teams)]


def test_version_waits_for_its_day_without_being_embedded_again(
    base: KnowledgeBase, embedder: HashingEmbedder
) -> None:
    first = base.ingest_bytes("refund.txt", "退款需要三天。".encode()).document
    later = base.ingest_bytes("refund.txt", "退款需要七天。".encode(), effective_date=NEXT_YEAR)
    assert later.status == "updated"
    assert later.document.version == 1
    assert any("2999-01-01" in warning.zh for warning in later.warnings)
    assert found(base, "退款需要几天") == ["退款需要三天。"]
    assert [v.state for v in base.history.versions(first.id, teams=None)] == ["waiting", "in_force"]
    embedded = embedder.embedded
    assert base.activate_due(date(2998, 12, 31)) == []
    assert base.activate_due(AFTER) == [first.id]
    assert embedder.embedded == embedded
    assert found(base, "退款需要几天") == ["退款需要七天。"]
    assert base.document(first.id, teams=None).version == 2
    assert base.probe().ok


def test_document_waits_for_its_day_without_being_embedded_again(
    base: KnowledgeBase, embedder: HashingEmbedder
) -> None:
    added = base.ingest_bytes("plan.txt", b"The plan of next year.", effective_date=NEXT_YEAR)
    document = added.document
    [warning] = added.warnings
    assert "2999-01-01" in warning.en
    assert "2999-01-01" in warning.zh
    assert document.waiting
    assert found(base, "plan") == []
    [chunk] = base.chunks(document.id, teams=None)
    assert base.chunk(chunk.id, teams=None)[1].text == "The plan of next year."
    assert [d.id for d in base.documents(teams=None)] == [document.id]
    assert [v.state for v in base.history.versions(document.id, teams=None)] == ["waiting"]
    embedded = embedder.embedded
    base.curation.disable(chunk.id, teams=None, by="Li")
    assert base.activate_due(AFTER) == []
    base.curation.enable(chunk.id, teams=None, by="Li")
    assert base.activate_due(date(2998, 12, 31)) == []
    assert base.activate_due(NEXT_YEAR) == [document.id]
    assert embedder.embedded == embedded
    assert found(base, "plan") == ["The plan of next year."]
    assert base.activate_due(NEXT_YEAR) == []
    assert base.probe().ok


def test_document_that_is_searched_before_its_day_waits_again(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("plan.txt", b"The plan of next year.", effective_date=NEXT_YEAR).document
    base.activate_due(AFTER)
    assert base.activate_due() == [document.id]
    assert found(base, "plan") == []


def test_corrected_document_waits_in_the_place_of_the_first(base: KnowledgeBase) -> None:
    first = base.ingest_bytes("plan.txt", b"A pln.", effective_date=NEXT_YEAR).document
    second = base.ingest_bytes("plan.txt", b"A plan.", effective_date=NEXT_YEAR)
    assert second.document.version == 2
    assert "not searched" in second.warnings[0].en
    base.ingest_bytes("plan.txt", b"A better plan.", effective_date=AFTER)
    assert [v.state for v in base.history.versions(first.id, teams=None)] == [
        "waiting",
        "waiting",
        "superseded",
    ]
    assert base.activate_due(NEXT_YEAR) == [first.id]
    assert found(base, "plan") == ["A plan."]
    assert base.activate_due(AFTER) == [first.id]
    assert found(base, "plan") == ["A better plan."]
    base.ingest_bytes("plan.txt", b"The plan for now.")
    assert found(base, "plan") == ["The plan for now."]


def test_replacing_what_is_not_there_is_told_and_takes_effect_once_it_comes(base: KnowledgeBase) -> None:
    new = "---\nreplaces: [旧手册, old.md]\n---\n# 新手册\n\n退款需要七天。".encode()
    warnings = base.ingest_bytes("new.md", new).warnings
    assert ["旧手册" in notice.zh for notice in warnings] == [True, False]
    assert "old.md" in warnings[1].en
    secret = base.ingest_bytes("x.md", "# 旧手册\n\n只给财务。".encode(), teams=["finance"]).document
    assert base.document(secret.id, teams=None).replaced_by is None
    base.ingest_bytes("y/old.md", "# 旧手册\n\n退款需要三天。".encode())
    assert not any("三天" in text for text in found(base, "退款"))
    assert base.ingest_bytes("new.md", new + b"\n").warnings == ()


def test_same_file_that_waits_is_unchanged(base: KnowledgeBase) -> None:
    base.ingest_bytes("a.txt", b"Now.")
    base.ingest_bytes("a.txt", b"Later.", effective_date=NEXT_YEAR)
    assert base.ingest_bytes("a.txt", b"Later.", effective_date=NEXT_YEAR).status == "unchanged"


def test_later_upload_overtakes_one_that_waits(base: KnowledgeBase) -> None:
    base.ingest_bytes("a.txt", b"one")
    base.ingest_bytes("a.txt", b"two", effective_date=NEXT_YEAR)
    base.ingest_bytes("a.txt", b"three")
    assert base.activate_due(AFTER) == []
    assert found(base, "one two three") == ["three"]


def test_waiting_version_is_kept_from_the_old_readers(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("a.txt", b"for growth", teams=["growth"]).document
    base.ingest_bytes("a.txt", b"for finance", teams=["finance"], effective_date=NEXT_YEAR)
    assert [v.version for v in base.history.versions(document.id, teams=GROWTH)] == [1]
    with pytest.raises(OriginalNotFound):
        base.history.original(document.id, teams=GROWTH, version=2)
    base.activate_due(AFTER)
    with pytest.raises(DocumentNotFound):
        base.document(document.id, teams=GROWTH)
    assert found(base, "finance", frozenset({"finance"})) == ["for finance"]


def test_fewer_readers_hold_at_once_more_readers_wait(base: KnowledgeBase) -> None:
    base.ingest_bytes("a.txt", b"open secret")
    base.ingest_bytes("a.txt", b"closed secret", teams=["growth"], effective_date=NEXT_YEAR)
    assert found(base, "secret", frozenset()) == []
    assert found(base, "secret", GROWTH) == ["open secret"]
    base.ingest_bytes("b.txt", b"narrow plan", teams=["growth"])
    base.ingest_bytes("b.txt", b"wide plan", teams=[], effective_date=NEXT_YEAR)
    assert found(base, "plan", frozenset()) == []


def test_file_is_kept_with_each_version_and_goes_with_the_last(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("说明.md", b"# One\n\nfirst").document
    twin = base.ingest_bytes("twin.md", b"# One\n\nfirst").document
    base.ingest_bytes("说明.md", b"# Two\n\nsecond")
    kept = base.history.original(document.id, teams=None, version=1)
    assert (kept.name, kept.data, kept.media_type) == ("说明.md", b"# One\n\nfirst", "text/markdown")
    assert base.history.original(document.id, teams=None).data == b"# Two\n\nsecond"
    with pytest.raises(OriginalNotFound):
        base.history.original(document.id, teams=None, version=9)
    base.delete(document.id, teams=None)
    assert base.history.original(twin.id, teams=None).data == b"# One\n\nfirst"
    base.delete(twin.id, teams=None)
    with base._catalogue.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM files_kept").scalar() == 0


def test_chunk_comes_with_its_section_and_its_original(base: KnowledgeBase) -> None:
    text = "# 手册\n\n## 前言\n\n与此无关。\n\n## 细则\n\n" + "\n\n".join(RULES) + "\n\n## 附录\n\n也无关。\n"
    document = base.ingest_bytes("handbook.md", text.encode()).document
    inside = [chunk for chunk in base.chunks(document.id, teams=None) if chunk.section[-1:] == ("细则",)]
    assert len(inside) > 2
    context = base.history.context(inside[1].id, teams=None)
    assert context.text[context.start : context.end] in context.chunk.text
    assert all(rule in context.text for rule in RULES)
    assert "无关" not in context.text
    assert context.original is not None
    assert context.original.strip() in text


def test_long_section_is_cut_around_the_chunk(base: KnowledgeBase) -> None:
    text = "# 手册\n\n" + "\n\n".join(RULES * 6)
    document = base.ingest_bytes("handbook.md", text.encode()).document
    chunks = base.chunks(document.id, teams=None)
    for chunk in (chunks[0], chunks[len(chunks) // 2], chunks[-1]):
        context = base.history.context(chunk.id, teams=None)
        assert 2000 < len(context.text) <= 4000
        assert context.text[context.start : context.end].strip()[-20:] in chunk.text


def test_hidden_chunk_has_no_context(base: KnowledgeBase) -> None:
    document = base.ingest_bytes("a.txt", b"secret", teams=["finance"]).document
    [chunk] = base.chunks(document.id, teams=None)
    with pytest.raises(ChunkNotFound):
        base.history.context(chunk.id, teams=GROWTH)


def test_document_replaces_another_of_the_same_teams_while_it_says_so(base: KnowledgeBase) -> None:
    old = base.ingest_bytes("old.md", "# 旧手册\n\n退款需要三天。".encode()).document
    other = base.ingest_bytes("other.md", "# 旧手册\n\n退款只给财务看。".encode(), teams=["finance"]).document
    new = "---\nreplaces: [旧手册]\n---\n# 新手册\n\n退款需要七天。".encode()
    newer = base.ingest_bytes("new.md", new).document
    assert base.document(old.id, teams=None).replaced_by == newer.id
    assert base.document(other.id, teams=None).replaced_by is None
    assert not any("三天" in text for text in found(base, "退款"))
    assert base.chunks(old.id, teams=None)
    base.ingest_bytes("new.md", "# 新手册\n\n退款需要七天。".encode())
    assert base.document(old.id, teams=None).replaced_by is None
    assert any("三天" in text for text in found(base, "退款"))
    base.ingest_bytes("new.md", new)
    base.delete(newer.id, teams=None)
    assert any("三天" in text for text in found(base, "退款"))
    assert base.probe().ok


def test_replacement_waits_for_its_day_and_a_circle_leaves_the_newer(base: KnowledgeBase) -> None:
    one = base.ingest_bytes(
        "one.md", b"---\nreplaces: two.md\neffective_date: 2026-01-01\n---\n# One\n\nalpha"
    ).document
    two = base.ingest_bytes(
        "two.md", b"---\nreplaces: one.md\neffective_date: 2999-01-01\n---\n# Two\n\nbeta"
    ).document
    assert base.document(two.id, teams=None).replaced_by == one.id
    assert set(base.activate_due(AFTER)) == {one.id, two.id}
    assert base.document(one.id, teams=None).replaced_by == two.id
    assert base.document(two.id, teams=None).replaced_by is None


def test_near_duplicates_are_told_only_to_those_who_see_both(base: KnowledgeBase) -> None:
    text = "\n\n".join(RULES)
    first = base.ingest_bytes("手册 v1.md", text.encode()).document
    second = base.ingest_bytes("手册 v2.md", (text + "\n\n新增一条。").encode()).document
    secret = base.ingest_bytes("手册 v3.md", text.encode(), teams=["finance"]).document
    base.ingest_bytes("else.md", "完全是另一回事，讲的是食堂的菜单与座位。".encode())
    everyone = {
        d.id: similarity for d, similarity in base.history.near_duplicates(first.id, teams=frozenset())
    }
    assert set(everyone) == {second.id}
    assert everyone[second.id] > 0.8
    assert {d.id for d, _ in base.history.near_duplicates(first.id, teams=None)} == {second.id, secret.id}
    assert base.history.all_near_duplicates(teams=frozenset()) == {
        first.id: [second.id],
        second.id: [first.id],
    }
    base.ingest_bytes("手册 v2.md", "现在说的是别的事情了，与从前毫无关系。".encode())
    assert base.history.near_duplicates(first.id, teams=frozenset()) == []


def test_a_document_is_replaced_by_its_file_name(base: KnowledgeBase) -> None:
    base.ingest_bytes("old.md", b"# Coupon rules\n\nTwo coupons a month.", source="wiki/old.md")
    new = b"---\nreplaces: [old.md]\n---\n# Coupon rules 2026\n\nThree coupons a month, at most one a week."
    base.ingest_bytes("new.md", new, source="wiki/new.md")
    assert {result.document.source for result in base.search("coupons a month", teams=None)} == {
        "wiki/new.md"
    }


def test_documents_that_say_the_very_same_are_told_to_who_sees_both(base: KnowledgeBase) -> None:
    one = base.ingest_bytes("one.md", b"# Rules\n\nTwo coupons a month.").document
    two = base.ingest_bytes("two.md", b"# Rules\n\nTwo coupons a month.").document
    base.ingest_bytes("secret.md", b"# Rules\n\nTwo coupons a month.", teams=["finance"])
    base.ingest_bytes("other.md", b"# Rules\n\nThree coupons a month.")
    same = base.history.identical([two.id], teams=frozenset())
    assert {name: [d.id for d in others] for name, others in same.items()} == {two.id: [one.id]}
    base.ingest_bytes("one.md", b"# Rules\n\nFour coupons a month.")
    assert base.history.identical([two.id], teams=frozenset()) == {}
