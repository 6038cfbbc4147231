"""Search: candidates by meaning and by words, their scores put on absolute scales and added."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from knowledge import lexical_index
from knowledge.embeddings import Scale
from knowledge.errors import IndexDamaged, InvalidQuery, display
from knowledge.schema import entries, vectors
from knowledge.dense_search import DenseSearch

if TYPE_CHECKING:
    import numpy as np

MAX_QUERY_LENGTH = 10_000
MAX_LIMIT = 100
_CANDIDATES = 100
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk's row number with its scores, each 0 to 1."""

    row: int
    score: float
    dense_score: float
    lexical_score: float


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
    audiences: Sequence[int],
    collections: Sequence[str] | None = None,
    limit: int,
) -> list[Hit]:
    """Find the chunks that answer a query best.

    score = w * clip((cos - lo) / width, 0, 1) + (1 - w) * bm25 / bound, with w, lo and width of the embedding
    model's scale and `bound` the largest BM25 that the query's terms could reach. Both scales are absolute,
    so the lexical side abstains where the languages differ. Candidates are the nearest chunks of each
    audience and the best by BM25; each candidate gets both scores, whichever side found it.

    Args:
        connection: A read transaction on the catalogue.
        query: The question, not empty.
        vector: Its embedding, of unit length.
        scale: The scale of the embedding model.
        index: The vector index; if it is damaged, the words alone find candidates.
        audiences: Ids of the audiences that the reader belongs to.
        collections: Search only these; None is all.
        limit: Number of hits wanted.

    Returns:
        At most `limit` hits, best first; equal scores in the order of ingestion.
    """
    words = lexical_index.parse_query(connection, query)
    depth = max(_CANDIDATES, limit)
    worded = lexical_index.match(connection, words, audiences=audiences, collections=collections, limit=depth)
    near = _find_near(index, vector, audiences, collections, depth)
    cosines = _measure_cosines(connection, vector, audiences, collections, {*near, *worded})
    lexical = lexical_index.score(connection, words, cosines)
    bound = words.bound
    hits = [_fuse(row, cosine, lexical.get(row, 0.0), bound, scale) for row, cosine in cosines.items()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.row))[:limit]


def _find_near(
    index: DenseSearch,
    vector: "np.ndarray",
    audiences: Sequence[int],
    collections: Sequence[str] | None,
    depth: int,
) -> list[int]:
    try:
        return index.query(vector, audiences=audiences, collections=collections, limit=depth)
    except IndexDamaged:
        _LOG.warning("searching by words alone until the vector index is rebuilt")
        return []


def _measure_cosines(
    connection: Connection,
    vector: "np.ndarray",
    audiences: Sequence[int],
    collections: Sequence[str] | None,
    rows: set[int],
) -> dict[int, float]:
    """Compute cosines from the catalogue's vectors, for rows that the catalogue too says may be seen."""
    import numpy as np

    query = select(vectors).join(entries, entries.c.row == vectors.c.row)
    query = query.where(entries.c.row.in_(bindparam("rows", expanding=True)))
    query = query.where(entries.c.audience_id.in_(audiences))
    if collections is not None:
        query = query.where(entries.c.collection.in_(collections))
    found = connection.execute(query, {"rows": sorted(rows)}).all()
    if not found:
        return {}
    matrix = np.frombuffer(b"".join(row.vector for row in found), dtype="<f4").reshape(len(found), -1)
    return dict(zip((row.row for row in found), (matrix @ vector).tolist(), strict=True))


def _fuse(row: int, cosine: float, bm25: float, bound: float, scale: Scale) -> Hit:
    dense = min(max((cosine - scale.lo) / scale.width, 0.0), 1.0)
    lexical = min(bm25 / bound, 1.0) if bound else 0.0
    fused = scale.dense_weight * dense + (1 - scale.dense_weight) * lexical
    return Hit(row=row, score=fused, dense_score=dense, lexical_score=lexical)
