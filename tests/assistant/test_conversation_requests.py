"""What a question of a conversation is taken for: another language, a choice, a reference to what was shown."""

import pytest

from assistant.access import OWNER
from assistant.answer import Answer, Clarification
from assistant.assistant import Assistant
from assistant.conversation.references import find_ordinal, strip_references
from assistant.conversation.requests import Request, read_request
from assistant.language import Language
from tests.assistant.checks import check_answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

_DAU = Answer(
    id="a_1", conversation_id="c", question="上周日活多少？", language="zh", text="2,263", grounding="metrics",
    clarification=Clarification(question="是哪个人群？", options=("安卓", "苹果")), model="analyst", elapsed_ms=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("in English please", "en"), ("English?", "en"), ("Can you say that again in English?", "en"),
        ("translate it into Chinese", "zh"), ("The same in Chinese, please.", "zh"), ("Now in English", "en"),
        ("用英文再说一遍", "en"), ("请用英语回答", "en"), ("翻译成英文", "en"), ("能用中文再说一次吗？", "zh"), ("中文呢", "zh"),
        ("换成英文版", "en"),
    ],
)  # fmt: skip
async def test_another_language_is_asked_for(question: str, language: Language) -> None:
    assert read_request(question, [_DAU]) == Request("上周日活多少？", language, again=True)


@pytest.mark.parametrize(
    ("question", "taken", "language"),
    [
        ("用英文告诉我上周 GMV", "上周 GMV", "en"),
        ("上周 GMV 多少？请用英文回答", "上周 GMV 多少？", "en"),
        ("What was GMV last week? Answer in Chinese.", "What was GMV last week?", "zh"),
        ("What was GMV last week, in Chinese please", "What was GMV last week", "zh"),
        ("in English please: and by platform?", "and by platform?", "en"),
        ("How many reviews are in English?", "How many reviews are in English?", None),
        ("哪些文档是用英文写的？", "哪些文档是用英文写的？", None),
        ("What do we do in Chinese cities?", "What do we do in Chinese cities?", None),
        ("第二个", "上周日活多少？（苹果）", "zh"),
        ("option 1", "上周日活多少？（安卓）", "en"),
        ("2", "上周日活多少？（苹果）", "zh"),
        ("安卓。", "上周日活多少？（安卓）", "zh"),
        ("3", "3", "zh"),
        ("?", "?", "zh"),
    ],
)  # fmt: skip
async def test_what_a_question_is_taken_for(question: str, taken: str, language: Language | None) -> None:
    assert read_request(question, [_DAU]) == Request(taken, language)


async def test_words_that_refer_to_what_was_shown() -> None:
    assert [find_ordinal(q) for q in ("那第二个呢", "What about the 3rd one?", "第三条怎么做", "second")] == [
        2,
        3,
        3,
        2,
    ]
    assert [find_ordinal(q) for q in ("第二个月呢", "the second month", "二")] == [None] * 3
    assert strip_references("上面那个数字按渠道看") == "按渠道看"
    assert strip_references("E1 by channel") == "by channel"


async def test_the_last_answer_is_given_in_the_other_language(analyst: Assistant) -> None:
    first = await analyst.ask("上周安卓的支付成功率是多少？", principal=OWNER)
    thread = first.conversation_id
    english = await analyst.ask("in English please", principal=OWNER, conversation=thread)
    assert (english.language, english.taken_as, english.question) == (
        "en",
        first.question,
        "in English please",
    )
    assert english.evidence[0].arguments == first.evidence[0].arguments
    assert [f.value for f in english.evidence[0].figures] == [f.value for f in first.evidence[0].figures]
    check_answer(english, analyst, OWNER)
    follow = await analyst.ask("那苹果呢？", principal=OWNER, conversation=thread)
    assert follow.language == "zh"
    assert follow.evidence[0].arguments["filters"] == {"platform": ["ios"]}
    again = await analyst.ask("用英文再说一遍", principal=OWNER, conversation=thread)
    assert again.language == "en"
    assert again.evidence[0].arguments == follow.evidence[0].arguments


async def test_a_measurement_that_a_question_names_is_measured_another_way(analyst: Assistant) -> None:
    first = await analyst.ask("8 月的日活和 GMV 是多少？", principal=OWNER)
    thread = first.conversation_id
    marker = next(item.marker for item in first.evidence if item.arguments["metric"] == "gmv")
    await analyst.ask("什么是 KOC？", principal=OWNER, conversation=thread)
    split = await analyst.ask(f"[{marker}] 按渠道看", principal=OWNER, conversation=thread)
    [measured] = split.evidence
    assert (measured.arguments["metric"], measured.arguments["breakdown"]) == ("gmv", "channel")
    assert (measured.arguments["start"], measured.arguments["end"]) == ("2026-08-01", "2026-08-31")
    assert measured.marker not in {item.marker for item in first.evidence}
    android = await analyst.ask("那安卓呢？", principal=OWNER, conversation=thread)
    assert android.evidence[0].arguments["metric"] == "gmv"
    assert android.evidence[0].arguments["filters"] == {"platform": ["android"]}
    card = await analyst.ask(f"{marker} 的口径是什么？", principal=OWNER, conversation=thread)
    assert card.evidence[0].marker == marker
    assert card.evidence[0] == next(item for item in first.evidence if item.marker == marker)
    assert card.evidence[0].figures[0].text in card.text
    assert "隐去" not in card.text
    check_answer(card, analyst, OWNER)


async def test_the_figure_above_and_the_second_source(analyst: Assistant) -> None:
    first = await analyst.ask("What was D1 retention last week?", principal=OWNER)
    thread = first.conversation_id
    android = await analyst.ask("Show that number for Android", principal=OWNER, conversation=thread)
    assert android.evidence[0].arguments["filters"] == {"platform": ["android"]}
    tactics = await analyst.ask("Suggest tactics for retention", principal=OWNER, conversation=thread)
    second = await analyst.ask("What about the second one?", principal=OWNER, conversation=thread)
    assert [c.chunk_id for c in second.citations] == [tactics.citations[1].chunk_id]
    assert not second.evidence
    chinese = await analyst.ask("用中文再说一遍", principal=OWNER, conversation=thread)
    assert [c.chunk_id for c in chinese.citations] == [tactics.citations[1].chunk_id]
    check_answer(second, analyst, OWNER)
    shown = await analyst.ask(
        f"[{second.citations[0].marker}] 原文是什么？", principal=OWNER, conversation=thread
    )
    assert shown.language == "zh"
    assert shown.citations[0].chunk_id == second.citations[0].chunk_id
    check_answer(shown, analyst, OWNER)
