"""What a question of a conversation is taken for: the one before in another language, a choice that was offered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.conversation.references import find_ordinal
from assistant.errors import InvalidQuestion
from assistant.language import Language, asker_language

LONGEST_QUESTION = 8_000
_NAMES = r"英文|英语|中文|汉语|普通话|english|chinese|mandarin"
#: A request for the last answer in a language, and nothing else.
_AGAIN = re.compile(
    rf"\s*(?:(?:请|麻烦你?|那|再|能不能|可以|能|你|把(?:它|这个?|上面的?)|上面的?|换成?|改成?|改?用|以|翻译?成|译[成为])\s*)*"
    rf"(?P<zh>{_NAMES})(?:版|的)?(?:再|重新)?(?:说|讲|回答|作答|答|写|复述|重复|来|翻译)?(?:一?[遍次下])?"
    r"(?:吧|吗|好吗|可以吗|呢|谢谢)?[\s。.,，!！?？~]*"
    r"|\s*(?:(?:and|now|ok|okay|again|once more|please|the same|(?:can|could|would|will) you|say|repeat|give|answer|write|"
    r"translate|tell|explain|show|me|us|it|this|that|(?:the |your )?(?:last |previous )?answer)[\s,]+)*"
    rf"(?:in|into|to)?\s*(?P<en>{_NAMES})(?: version)?(?:[\s,]+(?:please|again|now|too|as well|instead|thanks|thank you))*[\s.,!?]*",
    re.IGNORECASE,
)
#: A request for a language beside the question itself.
_BESIDE = re.compile(
    rf"[，,]?\s*(?:请)?用(?P<zh>{_NAMES})(?:来|给我)?(?:回答|作答|答复|回复|告诉我|说明|解释)(?:我|一下)?(?!的)[，,：:]?"
    rf"|(?:please )?\b(?:answer|reply|respond)(?: me| it| this)? in (?P<a>{_NAMES})\b[,:]?"
    rf"|^in (?P<b>{_NAMES})(?:,? please)?\s*[,:，：]|[,，;]\s*in (?P<c>{_NAMES})(?: please)?(?=[\s.?!？。]*$)"
    rf"|\bin (?P<d>{_NAMES}),? please(?=[\s.?!？。]*$)",
    re.IGNORECASE,
)
_EDGES = ' \t\n。.?？!！,，“”"「」'
_OPTION = re.compile(r"(?:选项?|option\s*)?(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be answered, and in which language; None where that is the question's own.

    Attributes:
        again: Whether it is the last question once more.
    """

    question: str
    language: Language | None = None
    again: bool = False


def check_question(question: str) -> str:
    """Return the question, cleaned of what is not text.

    Raises:
        InvalidQuestion: Nothing is left, or it is longer than 8,000 characters.
    """
    text = question.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()
    if not text:
        raise InvalidQuestion(en="The question is empty.", zh="问题是空的。", parameter="question")
    if len(text) > LONGEST_QUESTION:
        raise InvalidQuestion(
            en=f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} are read. "
            "Put long material into a document and ask about it.",
            zh=f"问题有 {len(text):,} 个字符，最多可读 {LONGEST_QUESTION:,} 个。长材料请先作为文档入库再提问。",
            parameter="question",
        )
    return text


def read_request(question: str, earlier: Sequence[Answer]) -> Request:
    """Return what a question is taken for after the earlier answers of its conversation."""
    last = earlier[-1] if earlier else None
    if last and (match := _AGAIN.fullmatch(question)):
        return Request(_taken(last), _language(match["zh"] or match["en"]), again=True)
    language: Language | None = None
    if match := _BESIDE.search(question):
        said = next(filter(None, match.groups()))
        before, after = question[: match.start()].strip(" ,，"), question[match.end() :].strip(" ,，:：")
        rest = before if after in ("", ".", "。") else f"{before} {after}".strip()
        if any(character.isalnum() for character in rest):
            question, language = rest, _language(said)
    if last and (option := _choice(question, last)):
        chosen = f"{_taken(last)}（{option}）" if last.language == "zh" else f"{_taken(last)} ({option})"
        return Request(chosen, language or _own_language(question) or last.language)
    if last and language is None and _own_language(question) is None:
        language = last.language
    return Request(question, language)


def _choice(question: str, last: Answer) -> str | None:
    """Return the option of the question asked back that a reply takes."""
    options = last.clarification.options if last.clarification else ()
    said = question.strip(_EDGES)
    for option in options:
        if option.casefold() == said.casefold():
            return option
    number = find_ordinal(question) or (int(m[1]) if (m := _OPTION.fullmatch(said)) else 0)
    return options[number - 1] if 0 < number <= len(options) else None


def _taken(answer: Answer) -> str:
    return answer.taken_as or answer.question


def _language(name: str) -> Language:
    return "en" if name.lower() in ("英文", "英语", "english") else "zh"


def _own_language(question: str) -> Language | None:
    """Return the language of a question's words, None where it has none."""
    words = re.sub(r"\bE\d+\b", "", question)
    return asker_language(words) if any(character.isalpha() for character in words) else None
