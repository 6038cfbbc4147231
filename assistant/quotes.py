"""Choose the words of a passage that a claim leans on."""

from knowledge.language import split_sentences, terms

_LONGEST = 300


def best_quote(claim: str, passage: str) -> str:
    """Return the sentence of `passage` that shares the most with `claim`, byte for byte; never empty.

    A quotation in the claim that stands in the passage is taken as it is.
    """
    for quoted in _quotations(claim):
        if quoted in passage:
            return quoted
    wanted = set(terms(claim))
    sentences = [s for s in split_sentences(passage) if s.strip()] or [passage]
    best = max(sentences, key=lambda sentence: _overlap(wanted, sentence))
    return best.strip()[:_LONGEST].rstrip() or passage[:_LONGEST]


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
