"""What search makes of a question's words: names, neighbours, synonyms, the other language; and whom it tells what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.search.dictionary import Dictionary
from knowledge.search.glossary import Mention, find_mentions, parse_heading, read_field_terms
from knowledge.search.naming import find_subject, list_names, measure_naming
from knowledge.search.question import read_question, translate_question
from tests.knowledge.embedders import HashingEmbedder


@pytest.fixture(scope="module")
def dictionary() -> Iterator[Dictionary]:
    opened = Dictionary()
    yield opened
    opened.close()


def sources(base: KnowledgeBase, question: str, *, teams: frozenset[str] | None = None) -> list[str]:
    return [result.document.source for result in base.search(question, teams=teams)]


def translate(question: str, dictionary: Dictionary) -> list[tuple[tuple[str, ...], ...]]:
    mentions = find_mentions(question, read_field_terms())
    return [c.alternatives for c in translate_question(read_question(question), dictionary, mentions)]


def test_words_are_translated_in_both_directions(dictionary: Dictionary) -> None:
    assert (("school",),) in translate("哪所学校最大", dictionary)
    [school] = [found for found in translate("the biggest school", dictionary) if ("school",) in found]
    assert ("学校",) in school


def test_longest_entry_wins(dictionary: Dictionary) -> None:
    assert (("super", "bowl"),) in translate("谁赢得了超级碗", dictionary)


def test_field_terms_win_over_the_dictionary(dictionary: Dictionary) -> None:
    translated = translate("怎么召回沉默用户", dictionary)
    assert ("win", "back") in translated[0]
    assert ("recal",) not in translated[0]


def test_a_name_that_cannot_be_translated_counts_as_missing(dictionary: Dictionary) -> None:
    assert () in translate("魏裔介写了什么书", dictionary)


def test_dictionary_is_kept_in_memory_where_no_folder_can_be_written(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("not a folder")
    assert Dictionary(occupied / "cache").translate_chinese(["学校"]) == {"学校": [("school",)]}


def test_asking_words_weigh_half_and_pairs_need_a_telling_word() -> None:
    question = read_question("What is the win-back rate of the cohort?")
    assert question.terms["what"] == 0.5
    assert question.terms["cohort"] == 1.0
    assert ("win", "back") in question.pairs
    assert ("of", "the") not in question.pairs


def test_mentions_are_found_in_either_language() -> None:
    terms = read_field_terms()
    assert Mention("次留", ("次日留存", "次留", "day-1 retention", "D1")) in find_mentions(
        "次留是多少", terms
    )
    assert [m.form for m in find_mentions("Which channels churned?", terms)] == ["churn", "channel"]


@pytest.mark.parametrize(
    ("heading", "forms"),
    [
        ("KOC（关键意见消费者）", ("KOC", "关键意见消费者")),
        ("Day-1 retention (D1, 次日留存)", ("Day-1 retention", "D1", "次日留存")),
        ("DAU / MAU（日活 / 月活）", ()),
        ("漏斗", ()),
    ],
)
def test_glossary_headings(heading: str, forms: tuple[str, ...]) -> None:
    assert parse_heading(heading) == forms


def test_subject_of_an_opening_sentence() -> None:
    assert find_subject("《流浪地球》是一部电影。") == "流浪地球"
    assert find_subject("Win-back coupons are sent on Friday.") == "Win-back coupons"
    assert list(list_names("召回手册")) == ["召回手册"]


def test_naming_is_one_only_if_name_and_question_are_the_same() -> None:
    asked = {"会员": 2.0, "手册": 2.0}
    assert measure_naming([("会员", "手册")], asked, lambda _: 2.0) == pytest.approx(1.0)
    half = measure_naming([("会员",)], asked, lambda _: 2.0)
    longer = measure_naming([("会员", "手册", "附录")], asked, lambda _: 2.0)
    assert 0 < half < 1
    assert 0 < longer < 1
    assert measure_naming([("其他",)], asked, lambda _: 2.0) == 0


def test_a_document_that_the_question_names_comes_first(base: KnowledgeBase) -> None:
    body = "积分可以在会员中心兑换优惠券，活动期间积分翻倍，积分一年后过期。"
    base.ingest_bytes("other.md", f"# 常见问题\n\n{body}积分规则见公告。".encode())
    base.ingest_bytes("rules.md", f"# 积分规则\n\n{body.replace('一年', '两年')}每月结算一次。".encode())
    assert sources(base, "积分规则是什么")[0] == "rules.md"


def test_neighbouring_words_count(base: KnowledgeBase) -> None:
    base.ingest_bytes(
        "far.txt", b"Price rises were announced; the war on cancer and floor plans came up later."
    )
    base.ingest_bytes(
        "near.txt", b"The price floor was announced; plans for war and cancer research came up later."
    )
    assert sources(base, "price floor")[0] == "near.txt"


def test_synonyms_of_the_field_find_each_other(base: KnowledgeBase) -> None:
    base.ingest_bytes("d1.txt", "次日留存由首次体验决定，引导越短越好。".encode())
    base.ingest_bytes("food.txt", "食堂每周二供应面条，下雨天加一份汤。".encode())
    assert sources(base, "次留怎么提升")[0] == "d1.txt"


def test_a_teams_own_glossary_counts_for_its_readers_alone(base: KnowledgeBase) -> None:
    base.ingest_bytes(
        "glossary.md",
        "# 术语\n\n## 星火计划（Project Ember）\n\n面向新商家的扶持。\n".encode(),
        collection="glossary",
        teams=["growth"],
    )
    base.ingest_bytes("ember.txt", b"Project Ember pays the fees of the first hundred orders of a shop.")
    base.ingest_bytes("other.txt", b"Another note on fees and first orders of shops, and on parking.")
    for teams, found in ((frozenset({"growth"}), True), (frozenset({"finance"}), False)):
        results = base.search("星火计划", teams=teams)
        ember = next(result for result in results if result.document.source == "ember.txt")
        assert (ember.lexical_score > 0.3) is found


def test_a_question_finds_the_answer_in_the_other_language_among_many_in_its_own(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        base.ingest_bytes("school.txt", b"The largest school of the district has twelve hundred students.")
        for number in range(30):
            text = f"第{number}号仓库的库存周转天数是{number + 7}天，最大的货架在入口，负责人每周盘点一次。"
            base.ingest_bytes(f"stock{number}.txt", text.encode())
        assert sources(base, "区里最大的学校有多少学生")[0] == "school.txt"


def test_hidden_documents_change_no_score(tmp_path: Path) -> None:
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    seen = [
        ("a.txt", "优惠券发放规则：每人每月两张。"),
        ("b.txt", "The coupon budget is reviewed each quarter."),
    ]
    for folder in (alone, shared):
        with KnowledgeBase.open(folder, embedder=HashingEmbedder()) as base:
            for name, text in seen:
                base.ingest_bytes(name, text.encode())
            if folder == shared:
                for number in range(40):
                    hidden = f"优惠券 coupon 发放 {number} budget 规则".encode()
                    base.ingest_bytes(f"hidden{number}.txt", hidden, teams=["finance"])
    scores = []
    for folder in (alone, shared):
        with KnowledgeBase.open(folder, embedder=HashingEmbedder()) as base:
            found = base.find("优惠券的规则", teams=frozenset({"growth"}))
            scores.append((found.likelihood, [(r.chunk.text, r.score) for r in found.results]))
    assert scores[0] == scores[1]


def test_near_duplicates_are_folded_into_the_newest(base: KnowledgeBase) -> None:
    text = (
        "召回活动分三步：先按沉默天数分层，再选渠道触达，最后看七日内回访率，并与对照组比较。"
        "沉默三十天以内的用户发站内信，六十天以内的发短信，更久的只在大促前发一次优惠券。"
        "预算按层分配，每层单独核算成本，超出上限的渠道当周停止投放并在复盘会上说明原因。"
    )
    base.ingest_bytes("old.txt", text.encode(), effective_date="2025-01-01")
    base.ingest_bytes(
        "new.txt", (text + "新增：每人每月最多触达两次。").encode(), effective_date="2026-01-01"
    )
    results = base.search("召回活动分几步", teams=None)
    old = next(document for document in base.documents(teams=None) if document.source == "old.txt")
    assert [result.document.source for result in results] == ["new.txt"]
    assert results[0].similar == (old.id,)


def test_one_document_does_not_fill_the_results(base: KnowledgeBase) -> None:
    sections = "".join(
        f"## 第{number}节\n\n会员积分第{number}条说明：{'积分按月结算。' * 30}\n\n" for number in range(8)
    )
    base.ingest_bytes("long.md", f"# 会员积分\n\n{sections}".encode())
    base.ingest_bytes("short.txt", "会员积分一年后过期。".encode())
    found = sources(base, "会员积分", teams=None)
    assert "short.txt" in found[:4]


def test_what_is_not_there_is_told_from_what_is(bilingual_base: KnowledgeBase) -> None:
    assert bilingual_base.find("次日留存率是什么", teams=None).answerable
    assert bilingual_base.find("Who approves refund requests?", teams=None).answerable
    assert not bilingual_base.find("珠穆朗玛峰有多高", teams=None).answerable
    assert not bilingual_base.find("How tall is Mount Everest?", teams=None).answerable
    assert not bilingual_base.find("?!", teams=None).answerable
