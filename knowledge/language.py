"""Chinese and English text: which it is, its sentences, and its terms for lexical search."""

import re
from collections import Counter
from functools import cache, cached_property, lru_cache
from threading import local
from typing import TYPE_CHECKING, Any
from unicodedata import combining, normalize

if TYPE_CHECKING:
    from opencc import OpenCC

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_OTHER_EAST_ASIAN = re.compile("[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS = re.compile("[A-Za-z]+")
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_TERM = re.compile(r"[^\W_]+")

_CLOSERS = "”’」』）)\\]】》\"'"
_BOUNDARY = re.compile(
    rf"[。！？][。！？!?]*[{_CLOSERS}]*\s*"
    rf"|(?<![!?])[!?]++[{_CLOSERS}]*+(?:\s+|$|(?=[{HAN}]))"
    rf"|\.[{_CLOSERS}]*(?:\s+|$|(?<=[{HAN}]\.)(?=[{HAN}]))"
    r"|\n\s*"
)
_MARKED_LINE = re.compile(r"(?:[-*+•·▪●◦]\s|\d+[.)、]|[一二三四五六七八九十]+、|#{1,6}\s|[|>]|```|~~~)")
_HEADING_LINE = re.compile(r"\s*#{1,6}\s")
_LINE_NUMBER = re.compile(r"(?:^|\n)\s*(?:[-*+•·]\s*)?\d+$")
_ABBREVIATIONS = re.compile(
    r"(?:mr|mrs|ms|dr|prof|rev|gen|col|lt|capt|sgt|gov|sen|hon|mt|sr|jr|st|vs|etc|e\.g|i\.e|eg|ie|nos?|figs?|eq|al|inc|ltd|co|corp|dept|approx|est|vol"
    r"|pp?|ch|sec|u\.s|u\.k|a\.m|p\.m|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|[a-z])",
    re.IGNORECASE,
)


#: Characters between the marks of a title.
_LONGEST_TITLE = 80


def detect_language(text: str) -> str:
    """Name the language of a passage.

    Chinese is recognised by its characters, and its script by the characters that exist in one script only
    (Simplified where none does); text in Latin letters without many accents counts as English, since the
    knowledge base serves these languages and no others.

    Returns:
        "zh-Hans", "zh-Hant", "en", or "und" for everything else.

    >>> detect_language("次日留存为什么掉了?"), detect_language("產品運營"), detect_language("Win back users")
    ('zh-Hans', 'zh-Hant', 'en')
    """
    han = _count(_HAN_RUN, text)
    other = len(_OTHER_EAST_ASIAN.findall(text))
    words = len(_LATIN_WORD.findall(text))
    if other * 4 > han + other:
        return "und"
    if han and han * 2 >= words:
        return _detect_script(text)
    letters = _count(_LETTERS, text)
    return "en" if letters and _count(_ASCII_LETTERS, text) >= 0.9 * letters else "und"


def _count(runs: re.Pattern[str], text: str) -> int:
    """Count the characters in all runs of a kind."""
    return sum(map(len, runs.findall(text)))


def _detect_script(text: str) -> str:
    evidence = sum(count * _script(character) for character, count in Counter(text).items())
    return "zh-Hant" if evidence > 0 else "zh-Hans"


@lru_cache(maxsize=65536)
def _script(character: str) -> int:
    """Return 1 for a character used in Traditional only, -1 in Simplified only, else 0."""
    if not _HAN.match(character):
        return 0
    traditional = _converter("t2s").convert(character) != character
    simplified = _converter("s2t").convert(character) != character
    return traditional - simplified


@cache
def _converter(configuration: str) -> "OpenCC":
    from opencc import OpenCC

    return OpenCC(configuration)


def strip_surrogates(text: str) -> str:
    """Drop lone surrogates and NUL, which neither the segmenter nor the databases take."""
    return re.sub("[\x00\ud800-\udfff]", "", text)


def to_simplified(text: str) -> str:
    """Convert Traditional Chinese characters to Simplified; everything else stays.

    >>> to_simplified("用戶運營 KOC")
    '用户运营 KOC'
    """
    return _converter("t2s").convert(strip_surrogates(text))


def terms(text: str) -> list[str]:
    """Cut text into the terms of lexical search, with repetitions.

    NFKC, Traditional to Simplified, segmentation in search mode (a long word is followed by the words inside
    it), lower case, letters and digits only. Names that the dictionary lacks become single characters: guessing
    their limits would cut them one way in a question and another in a text. Query and index both use this.

    >>> terms("產品運營：Retention")
    ['产品', '运营', 'retention']
    """
    import rjieba

    simplified = to_simplified(normalize("NFKC", strip_surrogates(text)))
    words = rjieba.cut_for_search(simplified, hmm=False)
    return [term.lower() for term in _TERM.findall("\n".join(words))]


def index_terms(text: str) -> list[str]:
    """Cut text into the terms that the lexical index holds, with repetitions, in reading order.

    They are `terms`, English words by their Porter2 stem and Latin letters without accents. Where segmentation
    fails, which leaves single Chinese characters in a row, each pair of neighbours follows as a term of its own.

    >>> index_terms("Running cafés"), index_terms("上知令")
    (['run', 'cafe'], ['上', '知', '上知', '令', '知令'])
    """
    found: list[str] = []
    previous = ""
    for term in terms(_ACCENTED.sub(_fold_accent, normalize("NFKC", text))):
        if len(term) > 1 or not _HAN.match(term):
            found.append(stem_term(term) if term.isascii() else term)
            previous = ""
            continue
        found.append(term)
        if previous:
            found.append(previous + term)
        previous = term
    return found


@lru_cache(maxsize=65536)
def stem_term(term: str) -> str:
    """Return the Porter2 stem of a lower-case English word; any other term stays."""
    return _stemmers.own().stemWord(term) if term.isascii() and term.isalpha() else term


def _fold_accent(match: re.Match[str]) -> str:
    return "".join(letter for letter in normalize("NFD", match.group()) if not combining(letter))


class _Stemmers(local):
    """A stemmer for each thread: one keeps the word that it is at in itself."""

    @cached_property
    def _stemmer(self) -> Any:
        from Stemmer import Stemmer

        return Stemmer("english", 0)

    def own(self) -> Any:
        """Return this thread's stemmer."""
        return self._stemmer


_stemmers = _Stemmers()


def split_sentences(text: str) -> list[str]:
    """Split text into sentences; joined together they are the text again.

    Ends are Chinese and English full stops, question and exclamation marks with the quotation marks and
    blanks after them, empty lines, and the starts of list items, headings and table rows. Decimals,
    abbreviations, list numbers, marks within a title (《…！…》) and single line breaks inside a paragraph do not end
    a sentence.

    >>> split_sentences("留存升至3.5%。他说：“好！”Then e.g. Bob left. Done.")
    ['留存升至3.5%。', '他说：“好！”', 'Then e.g. Bob left. ', 'Done.']
    """
    sentences, start = [], 0
    for boundary in _BOUNDARY.finditer(text):
        if boundary.end() > start and _ends_sentence(text, start, boundary):
            sentences.append(text[start : boundary.end()])
            start = boundary.end()
    if start < len(text):
        sentences.append(text[start:])
    return sentences


def _ends_sentence(text: str, start: int, boundary: re.Match[str]) -> bool:
    mark = boundary.group()
    if "\n" in mark and (
        mark.count("\n") > 1
        or _MARKED_LINE.match(text, boundary.end())
        or _HEADING_LINE.match(text, start, boundary.start())
    ):
        return True
    if mark[0] == "\n":
        return False
    if mark[0] == ".":
        before = text[max(start, boundary.start() - 40) : boundary.start()]
        continued = text[boundary.end() : boundary.end() + 1].islower()
        return not (continued or _LINE_NUMBER.search(before) or _is_abbreviation(before))
    return not _is_in_title(text, start, boundary.end())


def _is_in_title(text: str, start: int, end: int) -> bool:
    opened = text.rfind("《", start, end)
    return opened > text.rfind("》", start, end) and "》" in text[end : opened + _LONGEST_TITLE]


def _is_abbreviation(before: str) -> bool:
    last = re.split(r"[\s(\[“\"']", before[-12:])[-1]
    return _ABBREVIATIONS.fullmatch(last) is not None
