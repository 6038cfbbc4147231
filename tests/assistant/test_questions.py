"""Questions at the edge: refused with a sentence, or cleaned and answered; and which language they are in."""

import pytest

from assistant.access import OWNER
from assistant.assistant import Assistant
from assistant.conversation.requests import LONGEST_QUESTION, check_question
from assistant.errors import InvalidQuestion, InvalidRequest
from assistant.language import asker_language
from tests.assistant.checks import check_answer, check_events

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\0", "\0 \0", "\ud800", "\u3000"])
async def test_an_empty_question_is_refused(question: str, analyst: Assistant) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        await analyst.ask(question, principal=OWNER)
    assert caught.value.code == "invalid_question"
    assert "空" in caught.value.zh


async def test_a_question_of_50_000_characters_is_refused(analyst: Assistant) -> None:
    with pytest.raises(InvalidQuestion, match="50,000") as caught:
        await analyst.ask("留" * 50_000, principal=OWNER)
    assert "8,000" in caught.value.zh


@pytest.mark.parametrize("question", ["什么是\ud800 KOC\0？", "什么是 KOC？\udfff"])
async def test_what_is_not_text_is_taken_out(question: str, analyst: Assistant) -> None:
    answer = check_events([event async for event in analyst.events(question, principal=OWNER)])
    check_answer(answer, analyst, OWNER)
    assert answer.question == "什么是 KOC？"
    assert answer.citations


async def test_the_longest_question_is_answered(analyst: Assistant) -> None:
    question = ("什么是 KOC？" * LONGEST_QUESTION)[:LONGEST_QUESTION]
    check_answer(await analyst.ask(question, principal=OWNER), analyst, OWNER)


@pytest.mark.parametrize(
    "question",
    [
        "?",
        "。。。",
        "👍🏽",
        "1",
        "' OR 1=1 --",
        "{}",
        "%s%n",
        "[1]",
        "<script>alert(1)</script>",
        "![x](//e.x/p.png)",
        "a" * 7_999,
    ],
)
async def test_an_odd_question_gets_an_honest_answer(question: str, analyst: Assistant) -> None:
    answer = check_events([event async for event in analyst.events(question, principal=OWNER)])
    check_answer(answer, analyst, OWNER)


@pytest.mark.parametrize("conversation", ["", "a b", "x" * 121, "a/b", "会话", "a|b", "a\n"])
async def test_a_conversation_id_that_is_none(conversation: str, analyst: Assistant) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await analyst.ask("你好", principal=OWNER, conversation=conversation)
    assert caught.value.parameter == "conversation_id"


async def test_an_answer_without_any_document_or_data_is_honest(analyst: Assistant) -> None:
    answer = await analyst.ask("What is the boiling point of tungsten hexafluoride?", principal=OWNER)
    assert answer.grounding == "none"
    assert not answer.citations
    assert not answer.numbers


async def test_check_question_strips() -> None:
    assert check_question("  问\0题 \n") == "问题"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("上周次日留存为什么掉了？", "zh"), ("上週次日留存為什麼掉了？", "zh"), ("DAU 多少", "zh"), ("看下 GMV", "zh"),
        ("why did retention fall?", "en"), ("KOC?", "en"), ("what is 次留?", "en"), ("compare 抖音 with 小红书 last week", "en"),
        ("show me the 次日留存 of douyin users", "en"), ("", "en"), ("123", "en"), ("??", "en"),
        ("帮我看 iOS 和 Android 的留存", "zh"), ("用 Notion 怎么做复盘", "zh"),
    ],
)  # fmt: skip
async def test_the_language_of_a_question(question: str, language: str) -> None:
    assert asker_language(question) == language
