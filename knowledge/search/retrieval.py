"""Search: candidates by meaning and by words, in either language, each scored on absolute scales."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from knowledge.embedding.embeddings import Scale
from knowledge.errors import InvalidQuery, display
from knowledge.search.dense_search import DenseSearch
from knowledge.search.dictionary import Dictionary
from knowledge.search.glossary import find_mentions, read_field_terms, read_team_terms
from knowledge.search.lexical_index import add_statistics, match, name_language, read_statistics, read_terms
from knowledge.search.question import Concept, Question, asking_terms, read_question, translate_question
from knowledge.search.relevance import Relevance

if TYPE_CHECKING:
    import numpy as np

MAX_QUERY_LENGTH = 10_000
MAX_LIMIT = 100
CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk's row number and document with its scores (see `relevance.Scores`)."""

    row: int
    document_id: str
    score: float
    dense_score: float
    lexical_score: float
    coverage: float
    is_translated: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: int
    document_id: str
    audience_id: int
    language: str
    cosine: float


def check_query(query: str, limit: int) -> str:
    """Return the query without surrounding blanks. Raises InvalidQuery."""
    if len(query) > MAX_QUERY_LENGTH:
        raise InvalidQuery(
            en=f"The query has {len(query):,} characters; the limit is {MAX_QUERY_LENGTH:,}.",
            zh=f"查询有 {len(query):,} 个字符，上限为 {MAX_QUERY_LENGTH:,} 个。",
            parameter="query",
        )
    if not query.strip():
        raise InvalidQuery(en="The query is empty.", zh="查询内容为空。", parameter="query")
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidQuery(
            en=f"limit is {display(str(limit))}; it must be from 1 to {MAX_LIMIT}.",
            zh=f"limit 为 {display(str(limit))}，应在 1 到 {MAX_LIMIT} 之间。",
            parameter="limit",
        )
    return query.strip()


def retrieve(
    connection: Connection,
    query: str,
    *,
    vector: "np.ndarray",
    scale: Scale,
    index: DenseSearch,
    dictionary: Dictionary,
    audiences: Sequence[int],
    collections: Sequence[str] | None = None,
    depth: int = CANDIDATES,
) -> list[Hit]:
    """Find the chunks that answer a query, and score them as `relevance.Relevance` says.

    Candidates are the nearest chunks by meaning, the best by the question's words and by its glossary synonyms, and
    where there are documents in the other language the best by its translation. Each is scored in every respect,
    whichever way it was found.

    Args:
        connection: A read transaction on the catalogue.
        query: The question, not empty.
        vector: Its embedding, of unit length.
        scale: The scale of the embedding model.
        index: Finds the nearest.
        dictionary: Translates.
        audiences: Ids of the audiences that the reader belongs to.
        collections: Search only these; None is all.
        depth: Number of candidates of each kind.

    Returns:
        All candidates, best first; equal scores in the order of ingestion.
    """
    terms = (*read_field_terms(), *read_team_terms(connection, audiences))
    mentions = find_mentions(query, terms)
    question = read_question(query, mentions)
    own = _list_terms(question)
    statistics = read_statistics(connection, audiences, own)
    translations: tuple[Concept, ...] = ()
    if any((language == "zh") != (question.language == "zh") for language in statistics.totals):
        translations = translate_question(question, dictionary, mentions)
        statistics = add_statistics(connection, statistics, audiences, _terms_of(translations))
    where: dict[str, Any] = {"audiences": audiences, "collections": collections, "limit": depth}
    worded: set[int] = set()
    for wanted in (own - asking_terms() or own, _terms_of(translations) - asking_terms()):
        if wanted:
            worded.update(match(connection, wanted, statistics, **where))
    near = index.query(connection, vector, **where)
    found = _read_candidates(connection, vector, audiences, collections, worded.union(near))
    found.sort(key=lambda candidate: -candidate.cosine)
    candidates = [*found[:depth], *(candidate for candidate in found[depth:] if candidate.row in worded)]
    relevance = Relevance(question, translations, statistics, scale)
    return sorted(_score(connection, candidates, relevance), key=lambda hit: (-hit.score, hit.row))


def _list_terms(question: Question) -> set[str]:
    return {*question.terms, *_terms_of(question.synonyms)}


def _terms_of(concepts: Iterable[Concept]) -> set[str]:
    return {term for concept in concepts for phrase in concept.alternatives for term in phrase}


def _score(connection: Connection, candidates: Sequence[_Candidate], relevance: Relevance) -> list[Hit]:
    rows: dict[int, list[int]] = defaultdict(list)
    for candidate in candidates:
        rows[candidate.audience_id].append(candidate.row)
    terms = read_terms(connection, rows)
    hits = []
    for candidate in candidates:
        if candidate.row in terms:
            scores = relevance.score(
                terms[candidate.row], language=candidate.language, cosine=candidate.cosine
            )
            hits.append(
                Hit(
                    candidate.row,
                    candidate.document_id,
                    scores.score,
                    scores.dense,
                    scores.lexical,
                    scores.coverage,
                    relevance.translates(candidate.language),
                )
            )
    return hits


def _read_candidates(
    connection: Connection,
    vector: "np.ndarray",
    audiences: Sequence[int],
    collections: Sequence[str] | None,
    rows: set[int],
) -> list[_Candidate]:
    """Read what the catalogue says of rows, those left out that it says may not be seen."""
    import numpy as np

    query = (
        "SELECT row, entries.document_id, entries.audience_id, chunks.language, vectors.vector FROM entries "
        "JOIN vectors USING (row) JOIN chunks USING (row) WHERE row IN (SELECT value FROM json_each(?)) "
        "AND entries.audience_id IN (SELECT value FROM json_each(?))"
    )
    values = [dumps(sorted(rows)), dumps(list(audiences))]
    if collections is not None:
        query += " AND entries.collection IN (SELECT value FROM json_each(?))"
        values.append(dumps(list(collections)))
    found = connection.exec_driver_sql(query, tuple(values)).all()
    if not found:
        return []
    matrix = np.frombuffer(b"".join(row.vector for row in found), dtype="<f4").reshape(len(found), -1)
    return [
        _Candidate(row.row, row.document_id, row.audience_id, name_language(row.language), cosine)
        for row, cosine in zip(found, np.vecdot(matrix, vector).tolist(), strict=True)
    ]


def group_by_document(hits: Iterable[Hit]) -> Mapping[str, list[Hit]]:
    """Return the hits of each document, documents by their best hit."""
    grouped: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.document_id].append(hit)
    return grouped
