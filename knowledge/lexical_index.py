"""Lexical search: SQLite FTS5 over segmented terms, in the catalogue's file and in its transactions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json import dumps
from math import log

from sqlalchemy import Connection, text

from knowledge.language import terms

_K1 = 1.2  # the constant of FTS5's bm25()
_FTS5_SMALLEST_IDF = 1e-6  # what bm25() takes for an inverse document frequency that is not positive
_SMALLEST_TOTAL = 50
_MOST_TERMS = 48

_MATCHES = (
    "FROM chunk_terms JOIN entries ON entries.row = chunk_terms.rowid WHERE chunk_terms MATCH :expression "
    "AND entries.audience_id IN (SELECT value FROM json_each(:audiences))"
)
_IN_COLLECTIONS = " AND entries.collection IN (SELECT value FROM json_each(:collections))"
# The plus keeps SQLite from running the match anew for each row.
_SCORES = (
    "SELECT rowid, -bm25(chunk_terms) AS score FROM chunk_terms WHERE chunk_terms MATCH :expression "
    "AND +rowid IN (SELECT value FROM json_each(:rows))"
)


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """A question as terms.

    Attributes:
        frequencies: Number of chunks that hold each term.
        total: Number of chunks.
    """

    frequencies: dict[str, int]
    total: int

    @property
    def bound(self) -> float:
        """Return the largest BM25 that the terms could reach, those in no chunk counted too."""
        return (_K1 + 1) * sum(self.measure_idf(term) for term in self.frequencies)

    @property
    def expression(self) -> str:
        """Return the terms that tell chunks apart as an FTS5 expression, joined with OR; "" if there are none."""
        found = [term for term, frequency in self.frequencies.items() if frequency]
        telling = [term for term in found if self.frequencies[term] * 2 <= self.total]
        return " OR ".join(f'"{term}"' for term in telling or found)

    def measure_idf(self, term: str) -> float:
        """Return ln((N - n + 0.5) / (n + 0.5)), at least 0: n of N chunks hold the term.

        N counts as 50 at least: in a knowledge base of a few chunks, a term that is in most of them is still
        what the question is about.
        """
        frequency = self.frequencies[term]
        return max(log((max(self.total, _SMALLEST_TOTAL) - frequency + 0.5) / (frequency + 0.5)), 0.0)

    def measure_fts5_idf(self, term: str) -> float:
        """Return the weight that FTS5's bm25() gives to the term."""
        frequency = self.frequencies[term]
        return max(log((self.total - frequency + 0.5) / (frequency + 0.5)), _FTS5_SMALLEST_IDF)


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
    """Cut a question into its distinct terms and count each; of a very long one the 48 rarest count."""
    total = connection.execute(text("SELECT count(*) FROM entries")).scalar_one()
    frequencies = {term: _count_matches(connection, term) for term in dict.fromkeys(terms(question)[:2000])}
    rarest = sorted(frequencies, key=lambda term: frequencies[term])[:_MOST_TERMS]
    return LexicalQuery({term: frequencies[term] for term in rarest}, total)


def _count_matches(connection: Connection, term: str) -> int:
    query = text("SELECT count(*) FROM chunk_terms WHERE chunk_terms MATCH :term")
    return connection.execute(query, {"term": f'"{term}"'}).scalar_one()


def match(
    connection: Connection,
    query: LexicalQuery,
    *,
    audiences: Sequence[int],
    collections: Sequence[str] | None,
    limit: int,
) -> list[int]:
    """Return the rows of at most `limit` chunks that the audiences may see, the best by FTS5's BM25."""
    if not query.expression:
        return []
    statement = f"SELECT chunk_terms.rowid {_MATCHES}{_IN_COLLECTIONS if collections is not None else ''}"
    values = {
        "expression": query.expression,
        "audiences": dumps(list(audiences)),
        "collections": dumps(list(collections or ())),
        "limit": limit,
    }
    ranked = text(f"{statement} ORDER BY bm25(chunk_terms) LIMIT :limit")
    return list(connection.execute(ranked, values).scalars())


def score(connection: Connection, query: LexicalQuery, rows: Iterable[int]) -> dict[int, float]:
    """Return the BM25 of rows: for each term its idf (`LexicalQuery.measure_idf`) times FTS5's saturation.

    FTS5 gives a term's idf times its saturation tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)), with
    an idf of its own, which is taken out again.

    Returns:
        Row number to score; rows that hold no term are left out.
    """
    scores: dict[int, float] = defaultdict(float)
    wanted = dumps(list(rows))
    for term, frequency in query.frequencies.items():
        if frequency:
            weight = query.measure_idf(term) / query.measure_fts5_idf(term)
            found = connection.execute(text(_SCORES), {"expression": f'"{term}"', "rows": wanted})
            for row in found:
                scores[row.rowid] += weight * row.score
    return dict(scores)
