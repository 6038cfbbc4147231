"""What a chunk is about by name: its title, its headings, and the subject that an untitled text opens with."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

_LONGEST_NAME = 40
_SENTENCE_END = re.compile(r"[。！？.!?]\s*$")
_OPENERS = "《「『“\"'(（["
_CLOSERS = "》」』”\"')）]"
_SUBJECT = re.compile(
    rf"[\s{re.escape(_OPENERS)}]*([^{re.escape(_CLOSERS)}(（，,。、：:；;!?！？]{{2,40}}?)"
    rf"(?:[{re.escape(_CLOSERS)}（(，,：:]|是|为|\s(?:is|was|are|were)\s)"
)


def list_names(context: str) -> Iterator[str]:
    """Yield the lines of a chunk's context; a sentence gives its subject first, then itself.

    >>> list(list_names("会员手册\\n次日留存（D1）是指新增用户次日仍活跃的比例。"))[:2]
    ['会员手册', '次日留存']
    """
    for line in context.split("\n"):
        is_sentence = len(line) > _LONGEST_NAME or _SENTENCE_END.search(line)
        if is_sentence and (subject := find_subject(line)):
            yield subject
        if line.strip():
            yield line


def find_subject(sentence: str) -> str | None:
    """Return what a sentence begins by naming, before the bracket, the comma or the verb that follows it.

    >>> find_subject("前肛鳗（学名：），为辐鳍鱼纲鳗鲡目"), find_subject("The KOC programme is what we tried.")
    ('前肛鳗', 'The KOC programme')
    """
    match = _SUBJECT.match(sentence)
    return match.group(1).strip() if match else None


def measure_naming(
    names: Iterable[tuple[str, ...]], asked: Mapping[str, float], weigh: Callable[[str], float]
) -> float:
    """Tell how far a question names one of a chunk's names, 0 to 1.

    It is the share of the name's weight that the question mentions, times the square root of the share of the
    question's weight that the name takes up: a question that mentions half of a long title, or a title that is
    but one common word of the question, says less.

    Args:
        names: The terms of each name.
        asked: Weight of each term of the question.
        weigh: Gives the weight of a term that the question lacks.
    """
    total = sum(asked.values())
    best = 0.0
    for name in names:
        if asked.keys().isdisjoint(name):
            continue
        held = set(name)
        hit = sum(asked[term] for term in held if term in asked)
        if hit:
            weight = hit + sum(weigh(term) for term in held if term not in asked)
            best = max(best, hit / weight * (hit / total) ** 0.5)
    return best
