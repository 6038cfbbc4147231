"""When two questions ask the same: for curated answers strictly, for lists of questions by meaning.

Similarity of meaning alone cannot tell. Under the embedded model, 24 pairs of paraphrases in both languages have
cosines from .65 up, and 55 pairs that differ in one number, day, negation, opposite or name have up to .98: 登录前 and
登录后, "allowed" and "not allowed". So the words decide and the meaning may only object: two questions are the same
where nothing but the way of asking differs (`tests/knowledge/test_question_matching.py` has the pairs).
"""

import re
from collections import Counter
from functools import cache
from typing import Any
from unicodedata import normalize

from knowledge.language import HAN, detect_language, terms, to_simplified

LEAST_SIMILARITY = 0.6
"""Cosine below which questions of the same words are still not taken for the same."""
_GROUPED_SIMILARITY = 0.8
_GROUPED_SHARE = 0.5

#: Ways to ask, and what they ask for; the signs stand for words that no text has.
_ASKING_ZH = (
    ("为什么|为何|为啥|什么原因|咋回事|怎么回事", "ʷwhy"),
    ("什么时候|什么时间|何时|几点钟?|哪一天|哪天|几号", "ʷwhen"),
    ("多长时间|多久|多少时间", "ʷlong"),
    ("(?:是|有)?(?:什么意思|啥意思|什么含义)|是怎么?样的", "ʷwhat"),
    ("怎么样", "ʷstate"),
    ("(?:用|有|通过)?(?:什么|哪些|何种)(?:办法|方法|方式|手段|途径)|如何|怎么|怎样|咋", "ʷhow"),
    ("(?:在|去)?(?:哪里|哪儿|何处|什么地方)", "ʷwhere"),
    ("(?:是|由)?谁", "ʷwho"),
    ("(?:是|有)?多少", "ʷmuch"),
    ("是什么|什么是|啥是|是啥|什么|啥", "ʷwhat"),
)
_ASKING_EN = (
    ("what time|what day|when", "ʷwhen"),
    ("how long", "ʷlong"),
    ("how often", "ʷoften"),
    ("how many", "ʷmany"),
    ("how much", "ʷmuch"),
    ("how come|why", "ʷwhy"),
    ("in what way|how", "ʷhow"),
    ("what(?: is|'s|s)? the meaning of|what", "ʷwhat"),
    ("where (?:can|could|do) (?:i|we|you) (?:find|see)|where", "ʷwhere"),
    ("who", "ʷwho"),
)
#: Words that add nothing to what is asked.
_ZH = "的 地 得 吗 呢 吧 啊 呀 嘛 哦 请 请问 问 一下 我 我们 咱们 咱 你们 来 率 期间"
_EN = "a an the of to i we you our my your please me us s re m mean means"
#: What a question with a question word may leave out, and one to be answered with yes or no may not.
_LIGHT = "了 是 由 要 需要 在 时 去 is are am do does can could would should"
_NEGATION = re.compile(
    r"不|没|未|别|无|非|勿|禁|\b(?:not|no|never|without|cannot|non)\b|n't\b|\bun(?!til|der|it|iq|ion|iver|load)\w+",
    re.IGNORECASE,
)
_CIRCUMSTANCES = frozenset(("ʷwhy", "ʷhow", "ʷwhen", "ʷwhere", "ʷlong", "ʷoften"))
_SAME_WORDS = {"计算": "算", "电话号码": "电话", "办法": "方法"}
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(rf"ʷ[a-z]+|[{HAN}]+|[^\W_{HAN}]+")


def normalise(question: str) -> str:
    """Return a question's letters, digits and characters alone, in small letters and Simplified characters."""
    text = to_simplified(normalize("NFKC", question)).casefold()
    return "".join(character for character in text if character.isalnum())


def is_same(one: str, other: str, similarity: float) -> bool:
    """Tell whether two questions surely ask the same: one answer may be given to both.

    Their words must be the same in the same order, forms of asking and fillers apart; but the part after the
    question word may stand before it (优惠券怎么申请, 怎么申请优惠券), and words such as why and how anywhere.

    Args:
        one: A question.
        other: Another one.
        similarity: The cosine of the two.
    """
    if normalise(one) == normalise(other):
        return True
    if similarity < LEAST_SIMILARITY:
        return False
    first, second = read_words(one), read_words(other)
    same = _is_rotation(first, second) or _split_asking(first) == _split_asking(second)
    return len(first) > 1 and same and _negations(one) == _negations(other)


def is_alike(one: str, other: str, similarity: float) -> bool:
    """Tell whether two questions are about the same, so that one person should look at both together."""
    if is_same(one, other, similarity):
        return True
    first, second = set(read_words(one)), set(read_words(other))
    if _figures(one) != _figures(other) or _negations(one) != _negations(other):
        return False
    if detect_language(one)[:2] != detect_language(other)[:2]:
        return similarity >= _GROUPED_SIMILARITY
    apart = bool(first - second) and bool(second - first)
    shared = len(first & second) / max(len(first | second), 1)
    return similarity >= _GROUPED_SIMILARITY and not apart and shared >= _GROUPED_SHARE


@cache
def read_words(question: str) -> tuple[str, ...]:
    """Return a question's words that matter in their order, the way of asking as one sign.

    >>> read_words("优惠券要怎么申请？")
    ('优惠券', 'ʷhow', '申请')
    """
    text = to_simplified(normalize("NFKC", question)).casefold().replace("’", "'")
    fillers = set((_ZH if _HAN.search(text) else _EN).split())
    for pattern, sign in _ASKING_ZH:
        text = re.sub(pattern, f" {sign} ", text)
    for pattern, sign in _ASKING_EN:
        text = re.sub(rf"\b(?:{pattern})\b", f" {sign} ", text)
    if "ʷ" in text:
        fillers |= set(_LIGHT.split())
    words = [word for part in _WORD.findall(text) for word in _cut(part)]
    kept = (_SAME_WORDS.get(word, word) for word in words if word not in fillers)
    return tuple(word if word[0] == "ʷ" or not word.isascii() else _stem(word) for word in kept)


def _cut(part: str) -> list[str]:
    if part.isascii() or part[0] == "ʷ":
        return [part]
    import rjieba

    return list(rjieba.cut(part, hmm=False))


def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word)) if word.isalpha() else word


@cache
def _stemmer() -> Any:
    from snowballstemmer import stemmer

    return stemmer("english")


def _split_asking(words: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Part the words that ask for circumstances, which may stand anywhere, from the others."""
    asking = [word for word in words if word in _CIRCUMSTANCES]
    return asking, [word for word in words if word not in _CIRCUMSTANCES]


def _is_rotation(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    doubled = first + first
    return len(first) == len(second) and any(
        doubled[start : start + len(second)] == second for start in range(len(first))
    )


def _negations(text: str) -> int:
    return len(_NEGATION.findall(to_simplified(text)))


def _figures(text: str) -> Counter[str]:
    return Counter(term for term in terms(text) if any(character.isdigit() for character in term))
