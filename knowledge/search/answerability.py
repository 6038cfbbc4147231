"""Whether the knowledge base holds the answer: judged by how good the best result is and how it stands out."""

from collections.abc import Iterable, Sequence
from math import exp
from statistics import fmean

from knowledge.search.retrieval import Hit

# A logistic regression on questions in Chinese and English that a collection of encyclopaedia passages answers, and on
# such that it does not; the intercept is where 95 of 100 questions that are answered in their own language pass.
_LEAD, _DENSE_LEAD, _COVERAGE, _INTERCEPT = 17.0, 9.4, 8.3, -7.5
_OTHER_LANGUAGE = -0.4
_FIRST_OTHER, _LAST_OTHER = 6, 15
_LEAST_SCORE = 0.15


def judge(hits: Sequence[Hit]) -> float:
    """Return how likely it is that the hits hold the answer: 0 to 1.

    It rises with the lead of the best hit over the seventh to fifteenth document, in all and in meaning alone, which
    tells a passage on the matter from many that are vaguely about the same, and with the share of the question's
    telling words that it has. An answer in the other language is held to a little more, since a translation matches
    more easily by chance, and a hit with next to no score is not made up for by any of these.

    Args:
        hits: Best first.
    """
    if not hits:
        return 0.0
    best = hits[0]
    by_document: dict[str, Hit] = {}
    for hit in hits:
        by_document.setdefault(hit.document_id, hit)
    others = list(by_document.values())[_FIRST_OTHER:_LAST_OTHER]
    lead = best.score - _average(hit.score for hit in others)
    dense_lead = best.dense_score - _average(hit.dense_score for hit in others)
    evidence = _LEAD * lead + _DENSE_LEAD * dense_lead + _COVERAGE * best.coverage
    evidence += _INTERCEPT + _OTHER_LANGUAGE * best.is_translated
    return min(best.score / _LEAST_SCORE, 1.0) / (1 + exp(-evidence))


def _average(values: Iterable[float]) -> float:
    found = list(values)
    return fmean(found) if found else 0.0
