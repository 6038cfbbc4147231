"""Terms that mean the same, in one language and across both: the field's own, and those of a team's glossary."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from json import dumps, loads

from sqlalchemy import Connection

from knowledge.language import HAN, index_terms, to_simplified

COLLECTION = "glossary"
"""Headings of documents in this collection name one thing each: "Day-1 retention (D1, 次日留存)"."""

_HAN = re.compile(f"[{HAN}]")
_SEPARATORS = re.compile(r"\s*[,，、;；/|（()）=]\s*")
_MOST_FORMS = 8
_LONGEST_FORM = 40


@dataclass(frozen=True, slots=True)
class Mention:
    """A term of the glossary that a question mentions.

    Attributes:
        form: As it was found, in Simplified Chinese or as English index terms joined by blanks.
        others: All ways of writing the term, in both languages.
    """

    form: str
    others: tuple[str, ...]


Term = tuple[str, ...]
"""The ways of writing one term."""


def find_mentions(question: str, terms: Iterable[Term]) -> list[Mention]:
    """Return the glossary terms that a question mentions, the longest form of each."""
    chinese = to_simplified(question).lower()
    english = f" {' '.join(index_terms(question))} "
    found = []
    for term in terms:
        forms = [form for form in map(_normalize, term) if _is_in(form, chinese, english)]
        if forms:
            found.append(Mention(max(forms, key=len), term))
    return found


@cache
def read_field_terms() -> tuple[Term, ...]:
    """Return the terms of the field: Chinese forms, then English forms."""
    lines = (files("knowledge.search") / "field_terms.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if " = " in line and not line.startswith("#"))
    return tuple((*chinese.split(), *english.split(", ")) for chinese, english in pairs)


def read_team_terms(connection: Connection, audiences: Sequence[int]) -> tuple[Term, ...]:
    """Return the terms of those glossaries in the knowledge base that the audiences may see."""
    query = (
        "SELECT DISTINCT section FROM entries JOIN chunks USING (row) "
        "WHERE entries.collection = ? AND entries.audience_id IN (SELECT value FROM json_each(?))"
    )
    rows = connection.exec_driver_sql(query, (COLLECTION, dumps(list(audiences)))).scalars()
    return _parse_headings(tuple(sorted(rows)))


@lru_cache(maxsize=4096)
def _normalize(form: str) -> str:
    return to_simplified(form).lower() if _HAN.search(form) else " ".join(index_terms(form))


def _is_in(form: str, chinese: str, english: str) -> bool:
    return form in chinese if _HAN.search(form) else bool(form) and f" {form} " in english


@lru_cache(maxsize=64)
def _parse_headings(sections: tuple[str, ...]) -> tuple[Term, ...]:
    headings = dict.fromkeys(chain.from_iterable(loads(section)[-1:] for section in sections))
    return tuple(term for heading in headings if len(term := parse_heading(heading)) > 1)


def parse_heading(heading: str) -> Term:
    """Return the forms that a glossary's heading gives.

    >>> parse_heading("Day-1 retention (D1, 次日留存)"), parse_heading("DAU / MAU（日活 / 月活）")
    (('Day-1 retention', 'D1', '次日留存'), ())
    """
    outside, *inside = re.split("[（(]", heading, maxsplit=1)
    if not inside or len(_split(outside)) > 1:
        return ()  # of several terms under one heading it is not said which of those in brackets is which
    forms = (form for form in _split(heading) if len(form) <= _LONGEST_FORM)
    return tuple(dict.fromkeys(forms))[:_MOST_FORMS]


def _split(heading: str) -> list[str]:
    return [form.strip() for form in _SEPARATORS.split(heading) if form.strip()]
