"""Sentences in which a model tells its own instructions, which are nobody's answer."""

import re
from functools import lru_cache
from unicodedata import normalize

from knowledge.language import HAN

#: A word, or one Chinese character.
_TOKEN = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_HAN = re.compile(f"[{HAN}]")
#: So many words, or Chinese characters, in a row are no coincidence.
_WORDS, _CHARACTERS = 8, 14


def repeats(instructions: str, before: str, sentence: str) -> bool:
    """Tell whether a sentence, with the end of the text before it, has a run of words of the instructions."""
    runs = _runs_of(instructions)
    tail = _tokens(before[-300:])[1 - _CHARACTERS :]
    return bool(runs) and not runs.isdisjoint(_runs([*tail, *_tokens(sentence)]))


@lru_cache(maxsize=8)
def _runs_of(instructions: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_runs(_tokens(instructions)))


def _runs(tokens: list[str]) -> set[tuple[str, ...]]:
    return {
        run
        for length in (_WORDS, _CHARACTERS)
        for start in range(len(tokens) - length + 1)
        if length == _CHARACTERS or not any(map(_HAN.match, tokens[start : start + length]))
        for run in [tuple(tokens[start : start + length])]
    }


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(normalize("NFKC", text).casefold())
