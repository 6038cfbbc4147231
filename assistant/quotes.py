"""Choose the words of a passage that a claim leans on."""

import re

from knowledge.language import HAN, split_sentences, terms, to_simplified

_LONGEST = 300
_HAN = re.compile(f"[{HAN}]+")
#: Claims with fewer features than these say too little to be checked.
_FEW = 3
#: Letters by which two words count as one: retained, retention.
_STEM = 4
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the of to in on at by for from with as and or but not no is are was were be been has have "
        "had it its this that these those there their they them we our us you your he she his her i my "
        "will would can could should may do does did so than then when what which who how all any each "
        "more most less last new one two week day",
    )
)


def best_quote(claim: str, passage: str) -> str:
    """Return the sentence of `passage` that shares the most with `claim`, byte for byte; never empty.

    A quotation in the claim that stands in the passage is taken as it is.
    """
    return score_quote(claim, passage)[1]


def score_quote(claim: str, passage: str) -> tuple[float, str]:
    """Return the best quote with how much it shares with the claim; a quotation taken as it is outweighs any other."""
    for quoted in _quotations(claim):
        if quoted in passage:
            return _LONGEST + len(quoted), quoted
    wanted = set(terms(claim))
    sentences = [s for s in split_sentences(passage) if s.strip()] or [passage]
    scores = [_overlap(wanted, sentence) for sentence in sentences]
    best = max(range(len(sentences)), key=scores.__getitem__)
    return scores[best], sentences[best].strip()[:_LONGEST].rstrip() or passage[:_LONGEST]


def may_lean(claim: str, passage: str) -> bool:
    """Tell whether a claim shares a term, a pair of characters or a number with a passage of its language.

    A claim in the other language, and one of hardly any words, may always.
    """
    if bool(_HAN.search(claim)) != bool(_HAN.search(passage)):
        return True
    wanted = _features(claim)
    return len(wanted) < _FEW or bool(wanted & _features(passage))


def _features(text: str) -> set[str]:
    """Return numbers, the beginnings of words that mean something, and pairs of Chinese characters."""
    words = (
        word for word in re.findall(r"[a-z]+|\d+(?:\.\d+)?", to_simplified(text).lower().replace(",", ""))
    )
    latin = {word[:_STEM] for word in words if word not in _EMPTY_WORDS}
    runs = _HAN.findall(to_simplified(text))
    return latin | {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


def _quotations(text: str) -> list[str]:
    found = []
    for opening, closing in ("“”", "「」", '""'):
        for part in text.split(opening)[1:]:
            quoted, mark, _ = part.partition(closing)
            if mark and len(quoted.strip()) >= 4:
                found.append(quoted.strip())
    return sorted(found, key=len, reverse=True)


def _overlap(wanted: set[str], sentence: str) -> float:
    own = set(terms(sentence))
    return len(wanted & own) / (len(own) + 4) ** 0.5
