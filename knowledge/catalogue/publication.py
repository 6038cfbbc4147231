"""What is searched: the one rule, and the changes that follow from it.

A chunk has a row in `entries`, and so is searched, if and only if its version is in force, nobody disabled it, no
edit took its place, and no other document replaces its own. A version is in force from its effective date on; until
then it waits, and so does a document that has no other (`validity`). Vectors of chunks that may come back are kept, so
nothing is embedded twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.database import is_among
from knowledge.catalogue.schema import chunks, documents, entries, publications, vector_changes, versions
from knowledge.search.lexical_index import Entry, add_terms, remove_terms


def publish(connection: Connection, *document_ids: str, today: date | None = None) -> None:
    """Bring documents' rows in `entries` and their terms in line with the rule, and note the changes."""
    states = _read_states(connection, document_ids)
    wanted = _read_searchable(connection, states, today or date.today())
    present = _read_present(connection, document_ids)
    changed = [
        state
        for name, state in states.items()
        if present.get(name, {}) != dict.fromkeys(wanted[name], (state.audience_id, state.collection))
    ]
    withdraw(connection, *(state.id for state in changed if state.id in present))
    _enter(connection, [state for state in changed if wanted[state.id]], wanted)


def withdraw(connection: Connection, *document_ids: str) -> None:
    """Take all chunks of documents out of search; texts and vectors stay."""
    for document_id in document_ids:
        remove_terms(connection, document_id)
        searched = entries.c.document_id == document_id
        query = select(entries.c.audience_id).where(searched).distinct()
        _note_changes(connection, [(document_id, found) for found in connection.execute(query).scalars()])
        connection.execute(delete(entries).where(searched))


def is_due(effective_date: date | None, today: date) -> bool:
    """Tell whether what holds from a date holds today."""
    return effective_date is None or effective_date <= today


def is_version(document_id: Any, version: Any) -> ColumnElement[bool]:
    """Return the condition that a row of `versions` is a certain one."""
    return (versions.c.document_id == document_id) & (versions.c.version == version)


def _enter(
    connection: Connection, states: Iterable[Row[Any]], wanted: Mapping[str, dict[int, Entry]]
) -> None:
    """Put chunks of documents in search; the terms of an audience are added at once."""
    rows, added = [], defaultdict[int, list[Entry]](list)
    for state in states:
        place = {"document_id": state.id, "audience_id": state.audience_id, "collection": state.collection}
        rows += [{"row": row, **place} for row in wanted[state.id]]
        added[state.audience_id] += wanted[state.id].values()
    if not rows:
        return
    connection.execute(insert(entries), rows)
    for audience_id, found in added.items():
        add_terms(connection, audience_id, found)
    entered = dict.fromkeys((row["document_id"], row["audience_id"]) for row in rows)
    _note_changes(connection, list(entered))
    published = [{"document_id": document_id} for document_id, _ in entered]
    connection.execute(upsert(publications).on_conflict_do_nothing(), published)


def _note_changes(connection: Connection, places: Sequence[tuple[str, int]]) -> None:
    """Note that the index must be brought in line for documents, each in an audience."""
    if places:
        noted = [
            {"document_id": document_id, "audience_id": audience_id} for document_id, audience_id in places
        ]
        connection.execute(insert(vector_changes), noted)


def _read_states(connection: Connection, document_ids: Iterable[str]) -> dict[str, Row[Any]]:
    query = select(documents, versions.c.collection, versions.c.effective_date)
    query = query.join(versions, is_version(documents.c.id, documents.c.version))
    rows = connection.execute(query.where(is_among(documents.c.id, document_ids)))
    return {row.id: row for row in rows}


def _read_present(
    connection: Connection, document_ids: Iterable[str]
) -> dict[str, dict[int, tuple[int, str]]]:
    """Return the rows that documents have in `entries`, with audience and collection."""
    found: dict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
    for row in connection.execute(select(entries).where(is_among(entries.c.document_id, document_ids))):
        found[row.document_id][row.row] = (row.audience_id, row.collection)
    return found


def _read_searchable(
    connection: Connection, states: Mapping[str, Row[Any]], today: date
) -> dict[str, dict[int, Entry]]:
    """Return for each document the chunks of the version in force that are to stand in search, by row."""
    found: dict[str, dict[int, Entry]] = {name: {} for name in states}
    columns = (chunks.c.document_id, chunks.c.row, chunks.c.language, chunks.c.context, chunks.c.text)
    due = [state.id for state in states.values() if is_due(state.effective_date, today)]
    query = select(*columns).join(documents, documents.c.id == chunks.c.document_id)
    of_version = (chunks.c.version == documents.c.version) & documents.c.replaced_by.is_(None)
    query = query.where(is_among(documents.c.id, due), of_version, chunks.c.enabled, ~chunks.c.withdrawn)
    for row in connection.execute(query.order_by(chunks.c.row)):
        found[row.document_id][row.row] = (row.row, row.language, row.context, row.text)
    return found


def index_text(context: str, text: str) -> str:
    """Return what is embedded of a chunk: the lines of its context that the text lacks, then the text."""
    return "\n".join([*(line for line in context.split("\n") if line and line not in text), text])
