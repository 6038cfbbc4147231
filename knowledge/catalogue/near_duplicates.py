"""Documents that say nearly the same: found by their signatures as they come into force, kept as pairs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from json import dumps

from sqlalchemy import Connection, delete, insert, select, tuple_

from knowledge.catalogue.originals import read_text
from knowledge.catalogue.schema import documents, near_duplicates, signature_bands, signatures
from knowledge.catalogue.similarity import THRESHOLD, bands, estimate_similarity, sign

_MOST_PAIRS = 50  # of one document, so that a thousand copies of a form do not make a million pairs


def compare_document(connection: Connection, document_id: str) -> None:
    """Sign the version in force of a document and keep with which others it is nearly the same."""
    for table in (signatures, signature_bands, near_duplicates):
        connection.execute(delete(table).where(table.c.document_id == document_id))
    connection.execute(delete(near_duplicates).where(near_duplicates.c.other_id == document_id))
    query = select(documents.c.version).where(documents.c.id == document_id)
    kept = read_text(connection, document_id, connection.execute(query).scalar_one())
    signature = sign(kept[0]) if kept else b""
    if not signature:
        return
    own = [(band, value) for band, value in enumerate(bands(signature))]
    pairs = [
        {"document_id": one, "other_id": other, "similarity": similarity}
        for found, similarity in _find_similar(connection, signature, own)
        for one, other in ((document_id, found), (found, document_id))
    ]
    connection.execute(insert(signatures).values(document_id=document_id, signature=signature))
    values = [{"band": band, "value": value, "document_id": document_id} for band, value in own]
    connection.execute(insert(signature_bands), values)
    if pairs:
        connection.execute(insert(near_duplicates), pairs)


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


def read_similarities(connection: Connection, document_id: str) -> dict[str, float]:
    """Return the similarity of each near duplicate of a document, whoever may see it."""
    query = select(near_duplicates.c.other_id, near_duplicates.c.similarity)
    rows = connection.execute(query.where(near_duplicates.c.document_id == document_id))
    return {row.other_id: row.similarity for row in rows}


def _find_similar(
    connection: Connection, signature: bytes, own: Sequence[tuple[int, bytes]]
) -> list[tuple[str, float]]:
    """Return the documents that share a band and are similar enough, the most similar first."""
    shared = tuple_(signature_bands.c.band, signature_bands.c.value).in_(own)
    candidates = select(signature_bands.c.document_id).where(shared).distinct().limit(4 * _MOST_PAIRS)
    rows = connection.execute(select(signatures).where(signatures.c.document_id.in_(candidates)))
    measured = [(row.document_id, estimate_similarity(signature, row.signature)) for row in rows]
    close = [(found, similarity) for found, similarity in measured if similarity >= THRESHOLD]
    return sorted(close, key=lambda pair: -pair[1])[:_MOST_PAIRS]
