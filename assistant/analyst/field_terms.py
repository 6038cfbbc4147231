"""Carry a question's field terms over to the other language, so that it also finds documents written in that."""

import re
from functools import cache
from importlib.resources import files


def carry_over(question: str, language: str) -> str:
    """Return the question's field terms in the other language, or an empty text where it has none.

    >>> carry_over("怎么召回沉默用户？", "zh")
    'win-back dormant'
    >>> carry_over("How do we win back dormant users?", "en")
    '召回 沉默'
    """
    found: list[str] = []
    for chinese, english in _concepts():
        if language == "zh" and any(form in question for form in chinese):
            found.append(english[0])
        elif language == "en" and any(_mentions(question, form) for form in english):
            found.append(chinese[0])
    return " ".join(found)


def _mentions(question: str, form: str) -> bool:
    pattern = r"[\s-]".join(map(re.escape, re.split(r"[\s-]", form)))
    return re.search(rf"\b{pattern}(?:s|es|d|ed)?\b", question, re.IGNORECASE) is not None


@cache
def _concepts() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Read the term list: Chinese forms, then English forms (a hyphenated form stands for its spaced one)."""
    lines = (files("assistant.analyst") / "field_terms.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if " = " in line and not line.startswith("#"))
    return tuple((tuple(chinese.split()), tuple(english.split(", "))) for chinese, english in pairs)
