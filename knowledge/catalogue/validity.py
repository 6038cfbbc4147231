"""From which day on a version holds: put in force, or waiting for its day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, exists, func, or_, select, update

from knowledge.catalogue.database import is_among
from knowledge.catalogue.near_duplicates import compare_documents
from knowledge.catalogue.publication import is_due, is_version, publish
from knowledge.catalogue.replacements import find_replacement_changes, settle_replacements
from knowledge.catalogue.schema import audiences, chunks, documents, entries, vectors, versions
from knowledge.documents import Document, Notice


def begin_versions(connection: Connection, numbers: Mapping[str, int], today: date) -> None:
    """Put new versions, by document, in force, or let them wait for their day.

    The one before a version that waits stays, unless it waits itself and not for an earlier day. Who may read a
    document goes with the version; but where the new readers are fewer, those who are left out lose it at once.
    """
    old, new = _read_current(connection, numbers), _read_numbered(connection, numbers)
    waiting = {name for name, row in new.items() if _must_wait(row, old[name], today)}
    put_in_force(connection, {name: n for name, n in numbers.items() if name not in waiting}, today)
    for name in waiting:
        if _is_narrower(connection, new[name].audience_id, old[name].audience_id):
            statement = update(documents).where(documents.c.id == name)
            connection.execute(statement.values(audience_id=new[name].audience_id))
            publish(connection, name, today=today)


def put_in_force(connection: Connection, numbers: Mapping[str, int], today: date) -> None:
    """Make versions, by document, the current ones; vectors of older ones, which cannot come back, go."""
    if not numbers:
        return
    known = select(versions.c.audience_id).where(is_version(documents.c.id, bindparam("number")))
    statement = update(documents).where(documents.c.id == bindparam("name"))
    statement = statement.values(
        version=bindparam("number"),
        audience_id=func.coalesce(known.scalar_subquery(), documents.c.audience_id),
    )
    connection.execute(statement, [{"name": name, "number": number} for name, number in numbers.items()])
    publish(connection, *numbers, today=today)
    if updated := [name for name, number in numbers.items() if number > 1]:
        older = select(chunks.c.row).join(documents, documents.c.id == chunks.c.document_id)
        older = older.where(is_among(documents.c.id, updated), chunks.c.version < documents.c.version)
        connection.execute(delete(vectors).where(vectors.c.row.in_(older)))
    compare_documents(connection, list(numbers))


def activate_due(connection: Connection, today: date) -> list[str]:
    """Put in force what waited for this day; return the documents that changed."""
    due, late = find_due(connection, today), find_out_of_step(connection, today)
    put_in_force(connection, due, today)
    publish(connection, *late, today=today)
    return [*dict.fromkeys((*due, *late, *settle_replacements(connection, today)))]


def has_due(engine: Engine, today: date) -> bool:
    """Tell whether `activate_due` would change anything, without taking the write lock."""
    with engine.connect() as connection:
        finders = (find_due, find_out_of_step, find_replacement_changes)
        return any(find(connection, today) for find in finders)


def find_due(connection: Connection, today: date) -> dict[str, int]:
    """Return the documents of which a newer version's day has come, with the newest such version."""
    newer = versions.c.version > documents.c.version
    holds = or_(versions.c.effective_date.is_(None), versions.c.effective_date <= today)
    query = select(versions.c.document_id, func.max(versions.c.version).label("version"))
    query = query.join(documents, documents.c.id == versions.c.document_id).where(newer, holds)
    rows = connection.execute(query.group_by(versions.c.document_id))
    return {row.document_id: row.version for row in rows}


def find_out_of_step(connection: Connection, today: date) -> list[str]:
    """Return the documents whose only version waited and is due, and those that are searched before their day."""
    searched = exists().where(entries.c.document_id == documents.c.id)
    of_version = (chunks.c.document_id == documents.c.id) & (chunks.c.version == documents.c.version)
    searchable = exists().where(of_version, chunks.c.enabled, ~chunks.c.withdrawn)
    waited = versions.c.effective_date >= func.date(versions.c.updated_at)
    due = waited & (versions.c.effective_date <= today) & documents.c.replaced_by.is_(None)
    early = (versions.c.effective_date > today) & searched
    query = select(documents.c.id).join(versions, is_version(documents.c.id, documents.c.version))
    return list(connection.execute(query.where(or_(early, due & ~searched & searchable))).scalars())


def tell_waiting(document: Document, effective_date: date | None, today: date) -> tuple[Notice, ...]:
    """Say from when on a new version of a document holds, where it waits, and what is searched until then."""
    if is_due(effective_date, today):
        return ()
    if is_due(document.effective_date, today):
        return (
            Notice(
                en=f"This version holds from {effective_date}; until then the one before it is searched.",
                zh=f"此版本自 {effective_date} 起生效，在此之前检索的仍是上一版本。",
            ),
        )
    return (
        Notice(
            en=f"This document holds from {effective_date}; until then it is not searched.",
            zh=f"此文档自 {effective_date} 起生效，在此之前不会被检索到。",
        ),
    )


def _read_current(connection: Connection, names: Iterable[str]) -> dict[str, Any]:
    query = select(documents.c.id, documents.c.version, documents.c.audience_id, versions.c.effective_date)
    query = query.join(versions, is_version(documents.c.id, documents.c.version))
    rows = connection.execute(query.where(is_among(documents.c.id, names)))
    return {row.id: row for row in rows}


def _read_numbered(connection: Connection, numbers: Mapping[str, int]) -> dict[str, Any]:
    query = select(
        versions.c.document_id, versions.c.version, versions.c.audience_id, versions.c.effective_date
    )
    rows = connection.execute(query.where(is_among(versions.c.document_id, numbers)))
    return {row.document_id: row for row in rows if row.version == numbers[row.document_id]}


def _must_wait(new: Any, old: Any, today: date) -> bool:
    if new.version == old.version or is_due(new.effective_date, today):
        return False
    return is_due(old.effective_date, new.effective_date - date.resolution)


def _is_narrower(connection: Connection, new: int, old: int) -> bool:
    query = select(audiences.c.id, audiences.c.teams).where(audiences.c.id.in_([new, old]))
    teams = {row.id: set(row.teams) for row in connection.execute(query)}
    return bool(teams[new]) and (not teams[old] or teams[new] < teams[old])
