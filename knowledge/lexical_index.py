"""Lexical search: SQLite FTS5 over segmented terms, in the catalogue's file and in its transactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json import dumps
from math import log
from typing import Any

from sqlalchemy import Connection, text

from knowledge.language import terms

_K1 = 1.2  # the constant that FTS5's bm25() uses
_SMALLEST_IDF = 1e-6  # what bm25() puts in place of an inverse document frequency that is not positive
_MOST_TERMS = 48

_VISIBLE = "entries.audience_id IN (SELECT value FROM json_each(:audiences))"
_IN_COLLECTIONS = " AND entries.collection IN (SELECT value FROM json_each(:collections))"
_MATCHES = (
    "SELECT chunk_terms.rowid, -bm25(chunk_terms) AS score FROM chunk_terms "
    "JOIN entries ON entries.row = chunk_terms.rowid WHERE chunk_terms MATCH :expression"
)


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """A question as FTS5 takes it.

    Attributes:
        expression: The terms joined with OR; empty if no term of the question is in the index.
        bound: The largest BM25 score that the terms could reach, those never seen counted at their idf too.
    """

    expression: str
    bound: float


def add_terms(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Index chunks by row number; the text is segmented here."""
    values = [{"row": row, "terms": " ".join(terms(content))} for row, content in rows]
    connection.execute(text("INSERT INTO chunk_terms (rowid, terms) VALUES (:row, :terms)"), values)


def remove_terms(connection: Connection, document_id: str) -> None:
    """Take a document's current chunks out of the index."""
    statement = (
        "DELETE FROM chunk_terms WHERE rowid IN (SELECT row FROM entries WHERE document_id = :document)"
    )
    connection.execute(text(statement), {"document": document_id})


def rebuild_terms(connection: Connection) -> None:
    """Build the index anew from the current chunks."""
    connection.execute(text("DELETE FROM chunk_terms"))
    query = "SELECT row, context || char(10) || text AS content FROM chunks JOIN entries USING (row)"
    add_terms(connection, [(row.row, row.content) for row in connection.execute(text(query))])


def count_terms_rows(connection: Connection) -> int:
    """Count the indexed chunks."""
    return connection.execute(text("SELECT count(*) FROM chunk_terms_docsize")).scalar_one()


def parse_query(connection: Connection, question: str) -> LexicalQuery:
    """Turn a question into its distinct terms and the bound of their scores.

    idf(t) = ln((N - n + 0.5) / (n + 0.5)) as in FTS5, N chunks of which n hold t, and a term adds at most
    idf(t) * (k1 + 1). Of very long questions the 48 rarest terms count.
    """
    total = connection.execute(text("SELECT count(*) FROM entries")).scalar_one()
    frequencies = {term: _count_matches(connection, term) for term in dict.fromkeys(terms(question)[:2000])}
    rarest = sorted(frequencies, key=lambda term: frequencies[term])[:_MOST_TERMS]
    weights = {term: _measure_idf(total, frequencies[term]) for term in rarest}
    found = [term for term in rarest if frequencies[term]]
    telling = [term for term in found if weights[term] > _SMALLEST_IDF] or found
    return LexicalQuery(
        expression=" OR ".join(f'"{term}"' for term in telling), bound=(_K1 + 1) * sum(weights.values())
    )


def _count_matches(connection: Connection, term: str) -> int:
    query = text("SELECT count(*) FROM chunk_terms WHERE chunk_terms MATCH :term")
    return connection.execute(query, {"term": f'"{term}"'}).scalar_one()


def _measure_idf(total: int, matches: int) -> float:
    return max(log((total - matches + 0.5) / (matches + 0.5)), _SMALLEST_IDF)


def match(
    connection: Connection,
    query: LexicalQuery,
    *,
    audiences: Sequence[int],
    collections: Sequence[str] | None,
    limit: int,
) -> dict[int, float]:
    """Return the best-scoring chunks that the audiences may see, row number to BM25, at most `limit`."""
    statement = f"{_MATCHES} AND {_VISIBLE}{_IN_COLLECTIONS if collections is not None else ''}"
    values: dict[str, Any] = {
        "audiences": dumps(list(audiences)),
        "collections": dumps(list(collections or ())),
    }
    return _run(connection, f"{statement} ORDER BY score DESC LIMIT {int(limit)}", query, values)


def score(connection: Connection, query: LexicalQuery, rows: Sequence[int]) -> dict[int, float]:
    """Return the BM25 of the given rows; those that do not match are left out."""
    # The plus keeps SQLite from running the match anew for each row.
    statement = f"{_MATCHES} AND +chunk_terms.rowid IN (SELECT value FROM json_each(:rows))"
    return _run(connection, statement, query, {"rows": dumps(list(rows))})


def _run(
    connection: Connection, statement: str, query: LexicalQuery, values: dict[str, Any]
) -> dict[int, float]:
    if not query.expression:
        return {}
    found = connection.execute(text(statement), {**values, "expression": query.expression})
    return {row.rowid: row.score for row in found}
