"""Documents that say nearly the same: found by their signatures as they come into force, kept as pairs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from json import dumps, loads

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.database import is_among
from knowledge.catalogue.originals import read_current_texts
from knowledge.catalogue.schema import near_duplicates, signatures
from knowledge.catalogue.similarity import THRESHOLD, bands, estimate_similarity, sign

_MOST_PAIRS = 50  # of one document, so that a thousand copies of a form do not make a million pairs
_SHARING = (
    "SELECT one.key, (SELECT json_group_array(document_id) FROM (SELECT DISTINCT document_id "
    "FROM json_each(one.value) AS own JOIN signature_bands ON band = own.value "
    "WHERE document_id <> one.key LIMIT ?)) FROM json_each(?) AS one"
)
"""For each document those that share a band with it: similar ones are likely among them."""

_ADD_BANDS = (
    "INSERT OR IGNORE INTO signature_bands (band, document_id) "
    "SELECT own.value, one.key FROM json_each(?) AS one, json_each(one.value) AS own ORDER BY own.value"
)
_DROP_BANDS = (
    "DELETE FROM signature_bands WHERE (band, document_id) IN "
    "(SELECT own.value, one.key FROM json_each(?) AS one, json_each(one.value) AS own)"
)


def compare_documents(connection: Connection, document_ids: Sequence[str]) -> None:
    """Sign the versions in force of documents and keep with which others they are nearly the same."""
    known = _read_signatures(connection, document_ids)
    texts = read_current_texts(connection, document_ids)
    signed = {name: sign(texts[name]) if name in texts else b"" for name in document_ids}
    changed = {name: signature for name, signature in signed.items() if signature != known.get(name, b"")}
    forget_likeness(connection, [name for name in changed if name in known])
    own = [{"document_id": name, "signature": signature} for name, signature in changed.items() if signature]
    if not own:
        return
    connection.execute(insert(signatures), own)
    cut = _cut(changed)
    connection.exec_driver_sql(_ADD_BANDS, (cut,))
    if pairs := _find_pairs(connection, {name: found for name, found in changed.items() if found}, cut):
        connection.execute(upsert(near_duplicates).on_conflict_do_nothing(), pairs)


def find_near_duplicates(
    connection: Connection, document_ids: Iterable[str] | None, audiences: Sequence[int]
) -> dict[str, set[str]]:
    """Return for documents, None for all, its near duplicates of the audiences, where it has some."""
    query = (
        "SELECT document_id, other_id FROM near_duplicates JOIN documents ON documents.id = other_id "
        "WHERE audience_id IN (SELECT value FROM json_each(?))"
    )
    values = [dumps(list(audiences))]
    if document_ids is not None:
        query += " AND document_id IN (SELECT value FROM json_each(?))"
        values.append(dumps(sorted(set(document_ids))))
    found: dict[str, set[str]] = defaultdict(set)
    for document_id, other_id in connection.exec_driver_sql(query, tuple(values)):
        found[document_id].add(other_id)
    return dict(found)


def find_identical(connection: Connection, document_ids: Iterable[str]) -> dict[str, set[str]]:
    """Return for documents those that came as the same file or say the very same, whoever may see them."""
    query = (
        "WITH wanted AS (SELECT value AS id FROM json_each(?)) "
        "SELECT one.id, another.id FROM wanted JOIN documents AS one USING (id) "
        "JOIN versions AS own ON own.document_id = one.id AND own.version = one.version "
        "JOIN versions AS other ON other.file_hash = own.file_hash AND other.document_id <> one.id "
        "JOIN documents AS another ON another.id = other.document_id AND another.version = other.version UNION "
        "SELECT document_id, other_id FROM wanted JOIN near_duplicates ON document_id = id WHERE similarity >= 1"
    )
    found: dict[str, set[str]] = defaultdict(set)
    for document_id, other_id in connection.exec_driver_sql(query, (dumps(sorted(set(document_ids))),)):
        found[document_id].add(other_id)
    return dict(found)


def read_similarities(connection: Connection, document_id: str) -> dict[str, float]:
    """Return the similarity of each near duplicate of a document, whoever may see it."""
    query = select(near_duplicates.c.other_id, near_duplicates.c.similarity)
    rows = connection.execute(query.where(near_duplicates.c.document_id == document_id))
    return {row.other_id: row.similarity for row in rows}


def forget_likeness(connection: Connection, document_ids: Sequence[str]) -> None:
    """Forget the signatures of documents and to which others they are nearly the same."""
    if not document_ids:
        return
    connection.exec_driver_sql(_DROP_BANDS, (_cut(_read_signatures(connection, document_ids)),))
    for table in (signatures, near_duplicates):
        connection.execute(delete(table).where(is_among(table.c.document_id, document_ids)))
    connection.execute(delete(near_duplicates).where(is_among(near_duplicates.c.other_id, document_ids)))


def _cut(signed: Mapping[str, bytes]) -> str:
    """Write the bands of documents as JSON."""
    return dumps(dict(zip(signed, bands(list(signed.values())), strict=True)))


def _find_pairs(connection: Connection, signed: Mapping[str, bytes], cut: str) -> list[dict[str, object]]:
    """Return, in both directions, with which documents the signed ones are similar enough, the most similar first."""
    found = connection.exec_driver_sql(_SHARING, (4 * _MOST_PAIRS, cut))
    candidates = {name: loads(others) for name, others in found if name in signed}
    known = _read_signatures(connection, {other for others in candidates.values() for other in others})
    pairs: list[dict[str, object]] = []
    for name, others in candidates.items():
        measured = [(estimate_similarity(signed[name], known[other]), other) for other in others]
        close = sorted((pair for pair in measured if pair[0] >= THRESHOLD), key=lambda pair: -pair[0])
        for similarity, other in close[:_MOST_PAIRS]:
            pairs.append({"document_id": name, "other_id": other, "similarity": similarity})
            pairs.append({"document_id": other, "other_id": name, "similarity": similarity})
    return pairs


def _read_signatures(connection: Connection, document_ids: Iterable[str]) -> dict[str, bytes]:
    query = select(signatures).where(is_among(signatures.c.document_id, document_ids))
    return {row.document_id: row.signature for row in connection.execute(query)}
