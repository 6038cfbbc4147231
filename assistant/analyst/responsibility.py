"""Who is responsible for something, by the tables of documents that say so."""

import re
from collections.abc import Sequence

from assistant.analyst.extraction import Reader
from assistant.analyst.patterns import OWNER
from assistant.analyst.reading import Reading
from assistant.analyst.sentences import Sentence, cut_sentences
from assistant.turn import Passage
from knowledge.language import index_terms, to_simplified
from knowledge.search.question import Concept

_HEAD = re.compile(
    r"负责|责任人|对接人|联系人|接口人|\b(?:owner|owned by|responsible|lead|contact|in charge|accountable)\b",
    re.IGNORECASE,
)
#: A row is of the subject when it has this share of what the question asks about.
_SHARE = 0.5
#: What stands beside a subject and is none.
_ASIDE = re.compile(
    r"的?(?:问题|事情|事儿?|方面|相关|工作)|顺便(?:问一?下)?|\bby the way\b|\b(?:questions?|issues?|problems?|matters?|stuff)\b",
    re.IGNORECASE,
)


def find_responsible(reading: Reading, passages: Sequence[Passage], reader: Reader) -> list[Sentence]:
    """Return the rows of tables that name who is responsible for what a question asks about, those that fit it best.

    A follow-up asks of its own subject: Who owns payments? And win-back?
    """
    once = {p.chunk_id: p for p in passages}.values()
    rows = [s for p in once for s in cut_sentences(p) if any(_HEAD.search(head) for head in s.heads)]
    concepts = reader.read_concepts(_ASIDE.sub(" ", OWNER.sub(" ", to_simplified(reading.question))))
    found = [(_share(row, concepts), row) for row in rows]
    best = max((share for share, _ in found), default=0.0)
    return [row for share, row in found if share == best >= _SHARE][:2]


def _share(row: Sentence, concepts: dict[str, tuple[Concept, ...]]) -> float:
    """Return how much of the question a row has, in its own language or the other."""
    words = {*index_terms(" ".join(cell for _, cell in row.cells))}
    shares = [
        sum(c.weight for c in own if c.stands_in(words)) / total
        for own in concepts.values()
        if (total := sum(c.weight for c in own))
    ]
    return max(shares, default=0.0)
