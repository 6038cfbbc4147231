"""When two questions surely ask the same, so that one curated answer may be given to both.

Similarity of meaning alone cannot tell. Under the embedded model, 24 pairs of paraphrases in both languages have
cosines from .65 up, and 55 pairs that differ in one number, day, negation, opposite or name have up to .98: 登录前 and
登录后, "allowed" and "not allowed". So the words decide and the meaning may only object: two questions are the same
where nothing but the way of asking differs (`tests/knowledge/test_question_matching.py` has the pairs).
"""

import re
from functools import lru_cache
from unicodedata import normalize

from knowledge.language import HAN, stem_term, to_simplified

LEAST_SIMILARITY = 0.6
"""Cosine below which questions of the same words are still not taken for the same."""

#: What people say before they ask.
_LEAD_ZH = re.compile(
    r"^(?:你好|您好|大家好|请问|请教|麻烦问|求问|咨询|(?:我|我们)?(?:想|要)(?:请?问|知道|了解|咨询)|问|(?:能|请)?告诉我"
    r"|帮(?:我|忙)(?:查|看)|有(?:谁|人)知道|谁知道)(?:一下|下|个问题)?[\s，,。：:！!]*"
)
_LEAD_EN = re.compile(
    r"^(?:(?:hi|hello|hey)\b[\s,!]*)?(?:(?:(?:can|could|would) (?:you|anyone|somebody|someone) (?:please )?"
    r"(?:tell|show|remind|explain to)(?: me| us)?|(?:please )?tell (?:me|us)|(?:do you|does anyone) know"
    r"|i(?:'d| would) like to know|i (?:want|need) to know|i(?: a|')m wondering|i was wondering|any idea)\b"
    r"(?:,? (?:if|whether))?[\s,:]*)?"
)
#: Ways to put a question to be answered with yes or no, and other ways to say the same.
_FORMS_ZH = (
    ("能不能|可不可以|可不可|能否|可否|是否(?:可以|能够?)", " 可以 "),
    ("会不会|是否会", " 会 "),
    ("要不要|需不需要|用不用|是否(?:需要|要)", " 需要 "),
    ("该不该|应不应该|是否应该?", " 应该 "),
    ("有没有|有无|是否有", " 有 "),
    ("是不是|是否", " "),
    ("负责人(?:是谁|是哪位|是哪个)", " 谁 负责 "),
    ("的?(?:步骤|方法|办法)是(?:什么|怎样的|怎么样的)", " 怎么 "),
    ("的?定义(?:是什么|是啥)|(?:如何|怎么|怎样)定义", " 什么 "),
    ("(最[多少高低早晚大小])", r" \1 "),
    ("次留", "次日留存"),
    ("日活(?:跃用户)?(?:数|量)?", "dau"),
    ("月活(?:跃用户)?(?:数|量)?", "mau"),
)
_FORMS_EN = (
    (
        r"(?:do|does|did) (?:i|we|you|they) (?:need|have) to|must (?:i|we)|is it (?:necessary|required) to",
        " ʷneed ",
    ),
    (
        r"is it possible (?:for (?:me|us|you|one) )?to|(?:am|are) (?:i|we|you) (?:able|allowed|permitted) to",
        " ʷcan ",
    ),
    (r"(?:can|could|may) (?:i|we|you|one)", " ʷcan "),
    (
        r"(?:do|does) (?:i|we|you|they) have(?: any| some| an?)?|(?:is|are) there(?: any| some| an?)?",
        " ʷhave ",
    ),
    (r"(?:is |are )?(?:responsible for|in charge of|accountable for)|owns", " ʷowns "),
    (r"what(?: is|'s|s| are) the (?:way|steps?|procedure) (?:to|for|of)", " how "),
    (r"what(?: is|'s|s)? the definition of", " what "),
    (r"day[- ]?(?:1|one)|next[- ]day", " d1 "),
)
_OF = re.compile(r"\b([a-z]{3,}) of (?:(?:the|an?|my|our|your) )?([a-z]{3,})\b")

#: Ways to ask, and what they ask for; the signs stand for words that no text has.
_ASKING_ZH = (
    ("为什么|为何|为啥|什么原因|咋回事|怎么回事", "ʷwhy"),
    ("什么时候|什么时间|何时|几点钟?|哪一天|哪天|几号", "ʷwhen"),
    ("(?:有|是)?(?:多长时间|多久|多少时间)", "ʷlong"),
    ("(?:是|有)?(?:什么意思|啥意思|什么含义)|是怎么?样的", "ʷwhat"),
    ("怎么样", "ʷstate"),
    ("(?:用|有|通过)?(?:什么|哪些|何种)(?:办法|方法|方式|手段|途径)|如何|怎么|怎样|咋", "ʷhow"),
    ("(?:在|去)?(?:哪里|哪儿|何处|什么地方)有?|(?:在|去)哪(?![个些天一位种家])", "ʷwhere"),
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
    (r"where(?: (?:can|could|do) (?:i|we|you)|\s+ʷcan)\s+(?:find|see)|where", "ʷwhere"),
    ("who", "ʷwho"),
)
#: Words that add nothing to what is asked.
_ZH = "的 地 得 吗 呢 吧 啊 呀 嘛 哦 请 请问 问 一下 我 我们 咱们 咱 你们 来 率 期间"
_EN = "a an the of to i we you our my your please me us s re m mean means"
#: What a question with a question word may leave out, and one to be answered with yes or no may not.
_LIGHT = "了 是 由 要 需要 在 时 去 is are am do does can could would should"
_NEGATION = re.compile(
    r"不|没|未|别|无|非|勿|禁|\b(?:not|no|never|without|cannot|non)\b|n't\b|\bun(?!til|der|it|iq|ion|iver|load|sub|do\b)\w+",
    re.IGNORECASE,
)
_CIRCUMSTANCES = frozenset(("ʷwhy", "ʷhow", "ʷwhen", "ʷwhere", "ʷlong", "ʷoften"))
#: Question words beside which "can" adds nothing: a question how something is done takes it for possible.
_IMPLYING = frozenset(("ʷhow", "ʷlong", "ʷwhere", "ʷmuch", "ʷmany"))
_SAME_WORDS = {
    "计算": "算", "电话号码": "电话", "办法": "方法", "修改": "改", "更改": "改", "变更": "改", "查看": "看", "购买": "买",
    "使用": "用", "领取": "领", "能": "ʷcan", "能够": "ʷcan", "可以": "ʷcan", "会": "ʷwill", "要": "ʷneed", "需要": "ʷneed",
    "需": "ʷneed", "有": "ʷhave", "modify": "change", "amend": "change", "purchase": "buy",
}  # fmt: skip
_HAN = re.compile(f"[{HAN}]")
_QUESTION_SIGN = re.compile("ʷ(?!can|need|have|owns)")
_WORD = re.compile(rf"ʷ[a-z]+|[{HAN}]+|[^\W_{HAN}]+")


def normalise(question: str) -> str:
    """Return a question's letters, digits and characters alone, in small letters and Simplified characters."""
    text = to_simplified(normalize("NFKC", question)).casefold()
    return "".join(character for character in text if character.isalnum())


def is_same(one: str, other: str, similarity: float) -> bool:
    """Tell whether two questions surely ask the same: one answer may be given to both.

    Their words must be the same in the same order, forms of asking and fillers apart; but what stands last may
    stand first (优惠券怎么申请, 怎么申请优惠券; how is it counted, how do you count it), and words such as why and how
    anywhere.

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
    asked, said = zip(_split_asking(first), _split_asking(second), strict=True)
    same = _is_rotation(first, second) or (asked[0] == asked[1] and _is_rotation(*said))
    same = same or "".join(first) == "".join(second)
    return len(first) > 1 and same and count_negations(one) == count_negations(other)


@lru_cache(maxsize=4096)
def read_words(question: str) -> tuple[str, ...]:
    """Return a question's words that matter in their order, the way of asking as one sign.

    >>> read_words("优惠券要怎么申请？"), read_words("请问发票的抬头能不能修改")
    (('优惠券', 'ʷhow', '申请'), ('发票', '抬头', 'ʷcan', '改'))
    """
    text = _settle_form(question)
    fillers = set((_ZH if _HAN.search(text) else _EN).split())
    for pattern, sign in _ASKING_ZH:
        text = re.sub(pattern, f" {sign} ", text)
    for pattern, sign in _ASKING_EN:
        text = re.sub(rf"\b(?:{pattern})\b", f" {sign} ", text)
    asks = bool(_QUESTION_SIGN.search(text))
    if asks:
        fillers |= set(_LIGHT.split())
    words = [word for part in _WORD.findall(text) for word in _cut(part)]
    kept = [_SAME_WORDS.get(word, word) for word in words if word not in fillers]
    asks = asks or "几" in text
    if asks and (not _HAN.search(text) or "几" in text or not _IMPLYING.isdisjoint(kept)):
        kept = [word for word in kept if word != "ʷcan"]
    return tuple(word if word[0] == "ʷ" or not word.isascii() else stem_term(word) for word in kept)


@lru_cache(maxsize=4096)
def count_negations(question: str) -> int:
    """Return how often a question says no; "能不能" and its like say neither yes nor no."""
    return len(_NEGATION.findall(_settle_form(question)))


@lru_cache(maxsize=4096)
def _settle_form(question: str) -> str:
    """Return a question in small letters and Simplified characters, in one of the forms that mean the same."""
    text = to_simplified(normalize("NFKC", question)).casefold().replace("’", "'").strip()
    text = _LEAD_EN.sub("", _LEAD_ZH.sub("", _LEAD_ZH.sub("", text)))
    for pattern, form in _FORMS_ZH:
        text = re.sub(pattern, form, text)
    for pattern, form in _FORMS_EN:
        text = re.sub(rf"\b(?:{pattern})\b", form, text)
    return _OF.sub(r"\2 \1", re.sub(r"(?<=[a-z])'s\b", "", text))


def _cut(part: str) -> list[str]:
    if part.isascii() or part[0] == "ʷ":
        return [part]
    import rjieba

    return list(rjieba.cut(part, hmm=False))


def _split_asking(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part the words that ask for circumstances, which may stand anywhere, from the others."""
    asking = tuple(word for word in words if word in _CIRCUMSTANCES)
    return asking, tuple(word for word in words if word not in _CIRCUMSTANCES)


def _is_rotation(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    doubled = first + first
    return len(first) == len(second) and any(
        doubled[start : start + len(second)] == second for start in range(len(first))
    )
