"""Words of feedback in Chinese and English: for sentiment with what negates them, for themes without what says nothing."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from threading import local
from typing import Any

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][A-Za-z]+)?|[!！?？]+|[,，.。;；:：、…\n]|[^\w\s]")
#: First letters of the tags of nouns, verbs, adjectives, idioms, abbreviations and foreign words.
_MEANING = frozenset("nvailjezgxh")
_DENIALS = ("不", "没")
_STOPS = frozenset(",，.。;；:：、…\n!！?？")
_NOT = re.compile(
    r"(?:not|no|never|none|nothing|nobody|cannot|without|hardly|barely|neither|nor|\w+n['’]?t)$"
)
_NEGATIONS = (
    "不 没 没有 未 无 非 别 毫无 并非 不是 不能 不会 不够 不太 不要 无法 从未 从不 并不 毫不 不再 没法"
)
_NOT_ZH = frozenset(_NEGATIONS.split())
_REACH = 3
_NEGATED = "-"

_EMPTY = (
    "的 了 是 我 你 他 她 它 们 我们 你们 他们 在 和 与 及 也 都 就 还 又 很 太 真 真的 非常 特别 比较 有点 有些 一个 一下 一直 一次 这 那 这个 那个 这样 那样 "
    "什么 怎么 为什么 吗 呢 吧 啊 哦 呀 嘛 哈 不 没 没有 不是 有 会 能 可以 要 想 让 给 被 把 对 从 到 上 下 里 中 后 前 时 时候 之后 以后 现在 今天 昨天 最近 已经 但 但是 "
    "不过 而且 因为 所以 如果 就是 还是 或者 以及 只 只是 才 再 更 最 点 些 个 次 天 年 月 日 多 少 大 小 好 说 看 去 来 做 用 出 自己 大家 感觉 觉得 希望 建议 请 请问 谢谢 "
    "麻烦 东西 问题 情况 方面 一点 几 两 三 半 挺 蛮 超 完全 根本 实在 居然 竟然 总是 老是 每次 无 能不能 各位 你好 您好 终于 反正 直接 然后 由于 此 其 "
    "the a an and or but if of to in on at for with from by as is are was were be been being am do does did done have has had having "
    "i me my mine you your he she it its we our they them their this that these those there here what which who when where why how "
    "not no yes so too very really just only also even still again ever never always some any all each every more most much many few "
    "can could will would shall should may might must get got go went one two would've i'm i've it's don't doesn't didn't can't won't "
    "isn't wasn't aren't couldn't than then now after before since while because about into out up down over under off back please "
    "thanks thank hi hello guys app dear sir ok okay im ive dont cant wont didnt doesnt been us let lets thing things lot"
)
EMPTY_WORDS = frozenset(_EMPTY.split())


def detect_language(text: str) -> str:
    """Name the language of a text: zh where there is a Chinese character for every other English word, else en.

    >>> detect_language("App 又闪退了"), detect_language("It crashed again 又")
    ('zh', 'en')
    """
    return "zh" if 2 * len(_HAN.findall(text)) >= max(1, len(_LATIN.findall(text))) else "en"


def clean(text: str) -> str:
    """Bring a text into one form: NFKC, no lone surrogates or control characters, blanks as one."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def sentiment_terms(text: str) -> list[str]:
    """Cut a text into the terms that sentiment is read from.

    Words by their English stem, emoji, runs of exclamation and question marks, and pairs of neighbours. A word within
    three after a negation, up to the next punctuation, is another word.

    >>> sentiment_terms("not so good, 没有发货")
    ['not', '-so', '-good', '没有', '-发货', 'not -so', '-so -good', '没有 -发货']
    """
    words: list[str] = []
    pairs: list[str] = []
    reach, before = 0, ""
    for token in _tokens(text):
        if token in _STOPS:
            words += [token] if token in "!?" else []
            reach, before = 0, ""
            continue
        negates = token in _NOT_ZH or _NOT.match(token) is not None
        word = f"{_NEGATED}{stem(token)}" if reach and not negates else stem(token)
        reach = _REACH if negates else max(0, reach - 1)
        if before:
            pairs.append(f"{before} {word}")
        words.append(word)
        before = word
    return [*words, *pairs]


def theme_terms(text: str) -> list[str]:
    """Cut a text into words that may name a theme: two characters or more, and none that says nothing.

    Of Chinese, words for things, deeds and qualities, without numerals, pronouns, adverbs and what is negated.

    >>> theme_terms("我的退款一直没有音讯"), theme_terms("The refund was never paid")
    (['退款', '音讯'], ['refund', 'paid'])
    >>> theme_terms("面霜有一股刺鼻的味道,不敢用")
    ['面霜', '刺鼻', '味道']
    """
    return [
        t
        for t in _tokens(text)
        if len(t) > 1 and t not in EMPTY_WORDS and t[0].isalpha() and not t.isdigit() and _names_something(t)
    ]


@lru_cache(maxsize=65536)
def _names_something(word: str) -> bool:
    if not _HAN.search(word):
        return True
    import rjieba

    (_, tag), *more = rjieba.tag(word, hmm=True)
    return not word.startswith(_DENIALS) and (bool(more) or tag[0] in _MEANING)


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(to_simplified(clean(text).lower())):
        piece = match.group()
        if _HAN.search(piece):
            yield from _cut(piece)
        else:
            yield piece[0] if piece[0] in "!?" else piece.replace("’", "'")


@lru_cache(maxsize=65536)
def _cut(piece: str) -> tuple[str, ...]:
    import rjieba

    return tuple(word for word in rjieba.cut(piece, hmm=True) if word.strip())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the Porter2 stem of an English word; any other word stays."""
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() else word


_own = local()


def _stemmer() -> Any:
    if not hasattr(_own, "stemmer"):
        from Stemmer import Stemmer

        _own.stemmer = Stemmer("english", 0)
    return _own.stemmer


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Convert Traditional Chinese characters to Simplified."""
    return str(_converter().convert(text)) if _HAN.search(text) else text
