"""What no rule has read of a question: words that may limit what is asked, and that a figure does not heed."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from assistant.analyst.experiment_reading import blank
from assistant.analyst.extraction import content_terms
from assistant.analyst.options import strip_options
from assistant.analyst.patterns import (
    COMPARE,
    DIFFERENCE,
    DOWN,
    EXCEPT_WORD,
    HOW_MUCH,
    INTERVALS,
    OUTCOME,
    SHARE,
    SPLIT_WORD,
    STEP,
    UP,
    WHY,
)
from assistant.analyst.ranking import read_ranking
from assistant.analyst.routing import Choice
from assistant.analyst.vocabulary import Mention

#: What says how a figure is asked for, and cuts nothing from it.
_ASKING = (WHY, HOW_MUCH, SPLIT_WORD, EXCEPT_WORD, SHARE, COMPARE, DIFFERENCE, STEP, UP, DOWN)


#: A bare number, or one of days: 三天, million.
_COUNTED = re.compile(
    r"[一二两三四五六七八九十百千万亿半几]+(?:个?[天日周月年成倍块元]|号)?|hundred|thousand|million|billion",
    re.IGNORECASE,
)


def list_unread(
    rest: str, mentions: Sequence[Mention], choice: Choice | None, *, strip: bool = False
) -> tuple[str, ...]:
    """Return the words that carry meaning outside the mentions, the tool's words and those of asking."""
    rest = strip_read(rest, mentions, choice)
    rest = OUTCOME.sub(" ", strip_options(rest)) if strip else rest
    left = [
        t
        for t in content_terms(rest)
        if t not in asking_words() and not t.isdigit() and not _COUNTED.fullmatch(t)
    ]
    whole = [t for t in left if len(t) > 1 or t.isascii()]  # one Chinese character alone cuts nothing
    return tuple(t for t in whole if choice is None or not choice.reads(t))


def strip_read(rest: str, mentions: Sequence[Mention], choice: Choice | None) -> str:
    """Return a question less what rules have read of it, with spaces in its place."""
    for words in sorted(choice.words if choice else (), key=len, reverse=True):
        rest = rest.replace(words, " " * len(words))
    for mention in mentions:
        if mention.kind == "competitor":
            continue  # our own figures are not theirs
        rest = rest[: mention.start] + " " * len(mention.words) + rest[mention.end :]
    if (ranking := read_ranking(rest)) is not None:
        for words in ranking.words:
            rest = blank(words, rest)
    for pattern in (*_ASKING, *(pattern for _, pattern in INTERVALS)):
        rest = pattern.sub(" ", rest)
    return rest


def list_left_over(rest: str, mentions: Sequence[Mention]) -> list[str]:
    """Return what names something of our own data, which limits nothing that is noted of others."""
    return [m.words for m in mentions if m.kind in ("value", "segment") and m.words in rest]


@cache
def asking_words() -> frozenset[str]:
    """Return the words that ask, count or join, and limit nothing."""
    return frozenset((files("assistant.analyst") / "asking_words.txt").read_text(encoding="utf-8").split())
