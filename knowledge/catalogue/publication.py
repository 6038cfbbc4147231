"""What is searched: the one rule, and the changes that follow from it.

A chunk has a row in `entries`, and so is searched, if and only if its version is in force, nobody disabled it, no
edit took its place, and no other document replaces its own. A version whose effective date is still to come waits
while an older one is in force. Vectors of chunks that may come back are kept, so nothing is embedded twice.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.near_duplicates import compare_document
from knowledge.catalogue.schema import (
    audiences,
    chunks,
    documents,
    entries,
    publications,
    vector_changes,
    vectors,
    versions,
)
from knowledge.search.lexical_index import Entry, add_terms, remove_terms


def note_change(connection: Connection, document_id: str, audience_id: int) -> None:
    """Note that the index must be brought in line for a document in one audience."""
    connection.execute(insert(vector_changes).values(document_id=document_id, audience_id=audience_id))


def publish(connection: Connection, document_id: str) -> None:
    """Bring a document's rows in `entries` and its terms in line with the rule, and note the change."""
    document = _read_state(connection, document_id)
    place = (document.audience_id, document.collection)
    wanted = {} if document.replaced_by else _read_searchable(connection, document)
    query = select(entries).where(entries.c.document_id == document_id)
    present = {row.row: (row.audience_id, row.collection) for row in connection.execute(query)}
    if present == dict.fromkeys(wanted, place):
        return
    withdraw(connection, document_id)
    if wanted:
        entry = {"document_id": document_id, "audience_id": place[0], "collection": place[1]}
        connection.execute(insert(entries), [{"row": row, **entry} for row in wanted])
        add_terms(connection, place[0], wanted.values())
        note_change(connection, document_id, place[0])
        connection.execute(upsert(publications).values(document_id=document_id).on_conflict_do_nothing())


def withdraw(connection: Connection, document_id: str) -> None:
    """Take all chunks of a document out of search; texts and vectors stay."""
    remove_terms(connection, document_id)
    searched = entries.c.document_id == document_id
    audiences = connection.execute(select(entries.c.audience_id).where(searched).distinct()).scalars().all()
    connection.execute(delete(entries).where(searched))
    for audience_id in audiences:
        note_change(connection, document_id, audience_id)


def begin_version(connection: Connection, document_id: str, version: int, today: date) -> bool:
    """Put a new version in force, or let it wait for its day while an older one is in force; tell which.

    Who may read the document goes with the version; but where the new readers are fewer, those who are left out
    lose it at once.
    """
    new = connection.execute(select(versions).where(_is(document_id, version))).one()
    old = _read_state(connection, document_id)
    if old.version == version or is_due(new.effective_date, today):
        put_in_force(connection, document_id, version)
        return True
    if _is_narrower(connection, new.audience_id, old.audience_id):
        statement = update(documents).where(documents.c.id == document_id)
        connection.execute(statement.values(audience_id=new.audience_id))
        publish(connection, document_id)
    return False


def put_in_force(connection: Connection, document_id: str, version: int) -> None:
    """Make a version the one that is searched; vectors of older ones, which cannot come back, go."""
    query = select(versions.c.audience_id).where(_is(document_id, version))
    audience_id = connection.execute(query).scalar()
    values = {"version": version} | ({} if audience_id is None else {"audience_id": audience_id})
    connection.execute(update(documents).where(documents.c.id == document_id).values(values))
    publish(connection, document_id)
    older = select(chunks.c.row).where(chunks.c.document_id == document_id, chunks.c.version < version)
    connection.execute(delete(vectors).where(vectors.c.row.in_(older)))
    compare_document(connection, document_id)


def is_due(effective_date: date | None, today: date) -> bool:
    """Tell whether what holds from a date holds today."""
    return effective_date is None or effective_date <= today


def activate_due(connection: Connection, today: date) -> list[str]:
    """Put in force what waited for this day; return the documents that changed."""
    due = find_due(connection, today)
    for document_id, version in due.items():
        put_in_force(connection, document_id, version)
    return [*due, *settle_replacements(connection, today)]


def has_due(engine: Engine, today: date) -> bool:
    """Tell whether `activate_due` would change anything, without taking the write lock."""
    with engine.connect() as connection:
        return bool(find_due(connection, today) or find_replacement_changes(connection, today))


def find_due(connection: Connection, today: date) -> dict[str, int]:
    """Return the documents of which a newer version's day has come, with the newest such version."""
    newer = versions.c.version > documents.c.version
    holds = or_(versions.c.effective_date.is_(None), versions.c.effective_date <= today)
    query = select(versions.c.document_id, func.max(versions.c.version).label("version"))
    query = query.join(documents, documents.c.id == versions.c.document_id).where(newer, holds)
    rows = connection.execute(query.group_by(versions.c.document_id))
    return {row.document_id: row.version for row in rows}


def settle_replacements(connection: Connection, today: date) -> list[str]:
    """Take out of search what another document replaces, and bring back what none does any more.

    A document replaces those that its version in force names by title, source or id, if they have the very same
    teams and its effective date has come. Of two that name each other the newer wins.

    Returns:
        The documents that were taken out or brought back.
    """
    changes = find_replacement_changes(connection, today)
    for document_id, replaced_by in changes.items():
        statement = update(documents).where(documents.c.id == document_id)
        connection.execute(statement.values(replaced_by=replaced_by))
        publish(connection, document_id)
    return list(changes)


def find_replacement_changes(connection: Connection, today: date) -> dict[str, str | None]:
    """Return what `settle_replacements` would change: each document with what replaces it now."""
    replaced: dict[str, str] = {}
    for claim in _read_claims(connection, today):
        for target in _find_named(connection, claim.replaces, claim.audience_id):
            if target not in replaced and target not in _line_of(claim.id, replaced):
                replaced[target] = claim.id
    query = select(documents.c.id, documents.c.replaced_by).where(documents.c.replaced_by.is_not(None))
    present = {row.id: row.replaced_by for row in connection.execute(query)}
    both = {**present, **replaced}
    return {name: replaced.get(name) for name in both if present.get(name) != replaced.get(name)}


def _is_narrower(connection: Connection, new: int, old: int) -> bool:
    query = select(audiences.c.id, audiences.c.teams).where(audiences.c.id.in_([new, old]))
    teams = {row.id: set(row.teams) for row in connection.execute(query)}
    return bool(teams[new]) and (not teams[old] or teams[new] < teams[old])


def _read_claims(connection: Connection, today: date) -> list[Any]:
    query = select(documents.c.id, documents.c.audience_id, versions.c.replaces, versions.c.effective_date)
    query = query.join(versions, _is(documents.c.id, documents.c.version))
    query = query.where(versions.c.replaces.is_not(None))
    newest = func.coalesce(versions.c.effective_date, func.date(versions.c.updated_at)).desc()
    rows = connection.execute(query.order_by(newest, versions.c.updated_at.desc(), documents.c.id)).all()
    return [row for row in rows if is_due(row.effective_date, today)]


def _find_named(connection: Connection, names: Iterable[str], audience_id: int) -> list[str]:
    named = list(names)
    same = or_(*(column.in_(named) for column in (documents.c.id, documents.c.source, versions.c.title)))
    query = select(documents.c.id).join(versions, _is(documents.c.id, documents.c.version))
    query = query.where(documents.c.audience_id == audience_id, same).order_by(documents.c.id)
    return list(connection.execute(query).scalars())


def _line_of(document_id: str, replaced: Mapping[str, str]) -> set[str]:
    """Return a document and those that took its place, one after another."""
    line = {document_id}
    while (following := replaced.get(document_id)) is not None and following not in line:
        line.add(document_id := following)
    return line


def _read_state(connection: Connection, document_id: str) -> Row[Any]:
    query = select(documents, versions.c.collection).join(versions, _is(documents.c.id, documents.c.version))
    return connection.execute(query.where(documents.c.id == document_id)).one()


def _read_searchable(connection: Connection, document: Row[Any]) -> dict[int, Entry]:
    """Return the chunks of the version in force that stand in search, by row."""
    of_version = (chunks.c.document_id == document.id) & (chunks.c.version == document.version)
    query = select(chunks).where(of_version, chunks.c.enabled, ~chunks.c.withdrawn).order_by(chunks.c.row)
    return {row.row: (row.row, row.language, row.context, row.text) for row in connection.execute(query)}


def index_text(context: str, text: str) -> str:
    """Return what is embedded of a chunk: the lines of its context that the text lacks, then the text."""
    return "\n".join([*(line for line in context.split("\n") if line and line not in text), text])


def _is(document_id: Any, version: Any) -> ColumnElement[bool]:
    return (versions.c.document_id == document_id) & (versions.c.version == version)
