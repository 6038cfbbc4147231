"""Documents that say whose place they take: what they replace leaves search, as long as they say so."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, func, select, update

from knowledge.catalogue.publication import is_due, is_version, publish
from knowledge.catalogue.schema import documents, versions
from knowledge.documents import Notice
from knowledge.errors import display


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
    publish(connection, *changes, today=today)
    return list(changes)


def find_replacement_changes(connection: Connection, today: date) -> dict[str, str | None]:
    """Return what `settle_replacements` would change: each document with what replaces it now."""
    replaced: dict[str, str] = {}
    claims = _read_claims(connection, today)
    named = _find_named(connection, {name for claim in claims for name in claim.replaces})
    for claim in claims:
        for target in sorted({found for name in claim.replaces for found in named[claim.audience_id, name]}):
            if target not in replaced and target not in _line_of(claim.id, replaced):
                replaced[target] = claim.id
    query = select(documents.c.id, documents.c.replaced_by).where(documents.c.replaced_by.is_not(None))
    present = {row.id: row.replaced_by for row in connection.execute(query)}
    both = {**present, **replaced}
    return {name: replaced.get(name) for name in both if present.get(name) != replaced.get(name)}


def tell_unknown(connection: Connection, document_id: str, version: int) -> tuple[Notice, ...]:
    """Warn of each name that a version says it replaces and that no other document of the same readers has."""
    query = select(versions.c.replaces, versions.c.audience_id)
    row = connection.execute(query.where(is_version(document_id, version))).one()
    if not row.replaces:
        return ()
    named = _find_named(connection, row.replaces)
    found = {name for name in row.replaces if set(named[row.audience_id, name]) - {document_id}}
    return tuple(
        Notice(
            en=f"It says that it replaces {display(name)}, but no other document for the same teams has that "
            "title, file name or id yet; it takes effect once there is one.",
            zh=f"replaces 写的{display(name)}目前不是可见范围相同的其他文档的标题、文件名或编号；有了这样的文档后才会生效。",
        )
        for name in row.replaces
        if name not in found
    )


def _read_claims(connection: Connection, today: date) -> list[Any]:
    query = select(documents.c.id, documents.c.audience_id, versions.c.replaces, versions.c.effective_date)
    query = query.join(versions, is_version(documents.c.id, documents.c.version))
    query = query.where(versions.c.replaces.is_not(None))
    newest = func.coalesce(versions.c.effective_date, func.date(versions.c.updated_at)).desc()
    rows = connection.execute(query.order_by(newest, versions.c.updated_at.desc(), documents.c.id)).all()
    return [row for row in rows if is_due(row.effective_date, today)]


def _find_named(connection: Connection, names: Collection[str]) -> dict[tuple[int, str], list[str]]:
    """Return the documents of an audience that have a name as id, source, file name or title, by one look at all."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    if names:
        query = select(documents.c.id, documents.c.audience_id, documents.c.source, versions.c.title)
        query = query.join(versions, is_version(documents.c.id, documents.c.version))
        for row in connection.execute(query):
            own = {row.id, row.source, PurePosixPath(row.source).name, row.title}
            for name in own.intersection(names):
                found[row.audience_id, name].append(row.id)
    return found


def _line_of(document_id: str, replaced: Mapping[str, str]) -> set[str]:
    """Return a document and those that took its place, one after another."""
    line = {document_id}
    while (following := replaced.get(document_id)) is not None and following not in line:
        line.add(document_id := following)
    return line
