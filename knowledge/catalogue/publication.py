"""What is searched: the one rule, and the changes that follow from it.

A chunk has a row in `entries`, and so is searched, if and only if its version is in force, nobody disabled it, no
edit took its place, and no other document replaces its own. A version whose effective date is still to come waits
while an older one is in force. Vectors of chunks that may come back are kept, so nothing is embedded twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.near_duplicates import compare_documents
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


def publish(connection: Connection, *document_ids: str) -> None:
    """Bring documents' rows in `entries` and their terms in line with the rule, and note the changes."""
    states = _read_states(connection, document_ids)
    wanted = _read_searchable(connection, states)
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


def begin_versions(connection: Connection, numbers: Mapping[str, int], today: date) -> set[str]:
    """Put new versions, by document, in force, or let them wait for their day while older ones are in force.

    Who may read a document goes with the version; but where the new readers are fewer, those who are left out
    lose it at once.

    Returns:
        The documents whose new version waits.
    """
    query = select(
        versions.c.document_id, versions.c.version, versions.c.audience_id, versions.c.effective_date
    )
    query = query.where(versions.c.document_id.in_(list(numbers)))
    old = _read_states(connection, numbers)
    new = {
        row.document_id: row for row in connection.execute(query) if row.version == numbers[row.document_id]
    }
    waiting = {
        name
        for name, row in new.items()
        if old[name].version != row.version and not is_due(row.effective_date, today)
    }
    put_in_force(connection, {name: number for name, number in numbers.items() if name not in waiting})
    for name in waiting:
        if _is_narrower(connection, new[name].audience_id, old[name].audience_id):
            statement = update(documents).where(documents.c.id == name)
            connection.execute(statement.values(audience_id=new[name].audience_id))
            publish(connection, name)
    return waiting


def put_in_force(connection: Connection, numbers: Mapping[str, int]) -> None:
    """Make versions, by document, the ones that are searched; vectors of older ones, which cannot come back, go."""
    if not numbers:
        return
    known = select(versions.c.audience_id).where(_is(documents.c.id, bindparam("number"))).scalar_subquery()
    statement = update(documents).where(documents.c.id == bindparam("name"))
    statement = statement.values(
        version=bindparam("number"), audience_id=func.coalesce(known, documents.c.audience_id)
    )
    connection.execute(statement, [{"name": name, "number": number} for name, number in numbers.items()])
    publish(connection, *numbers)
    if updated := [name for name, number in numbers.items() if number > 1]:
        older = select(chunks.c.row).join(documents, documents.c.id == chunks.c.document_id)
        older = older.where(documents.c.id.in_(updated), chunks.c.version < documents.c.version)
        connection.execute(delete(vectors).where(vectors.c.row.in_(older)))
    compare_documents(connection, list(numbers))


def is_due(effective_date: date | None, today: date) -> bool:
    """Tell whether what holds from a date holds today."""
    return effective_date is None or effective_date <= today


def activate_due(connection: Connection, today: date) -> list[str]:
    """Put in force what waited for this day; return the documents that changed."""
    due = find_due(connection, today)
    put_in_force(connection, due)
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
    publish(connection, *changes)
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


def _find_named(connection: Connection, names: Collection[str]) -> dict[tuple[int, str], list[str]]:
    """Return the documents of an audience that have a name as id, source, file name or title, by one look at all."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    if names:
        query = select(documents.c.id, documents.c.audience_id, documents.c.source, versions.c.title)
        query = query.join(versions, _is(documents.c.id, documents.c.version))
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
    query = select(documents, versions.c.collection).join(versions, _is(documents.c.id, documents.c.version))
    rows = connection.execute(query.where(documents.c.id.in_(list(document_ids))))
    return {row.id: row for row in rows}


def _read_present(
    connection: Connection, document_ids: Iterable[str]
) -> dict[str, dict[int, tuple[int, str]]]:
    """Return the rows that documents have in `entries`, with audience and collection."""
    found: dict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
    for row in connection.execute(select(entries).where(entries.c.document_id.in_(list(document_ids)))):
        found[row.document_id][row.row] = (row.audience_id, row.collection)
    return found


def _read_searchable(connection: Connection, states: Mapping[str, Row[Any]]) -> dict[str, dict[int, Entry]]:
    """Return for each document the chunks of the version in force that are to stand in search, by row."""
    found: dict[str, dict[int, Entry]] = {name: {} for name in states}
    columns = (chunks.c.document_id, chunks.c.row, chunks.c.language, chunks.c.context, chunks.c.text)
    query = select(*columns).join(documents, documents.c.id == chunks.c.document_id)
    of_version = (chunks.c.version == documents.c.version) & documents.c.replaced_by.is_(None)
    query = query.where(documents.c.id.in_(list(states)), of_version, chunks.c.enabled, ~chunks.c.withdrawn)
    for row in connection.execute(query.order_by(chunks.c.row)):
        found[row.document_id][row.row] = (row.row, row.language, row.context, row.text)
    return found


def index_text(context: str, text: str) -> str:
    """Return what is embedded of a chunk: the lines of its context that the text lacks, then the text."""
    return "\n".join([*(line for line in context.split("\n") if line and line not in text), text])


def _is(document_id: Any, version: Any) -> ColumnElement[bool]:
    return (versions.c.document_id == document_id) & (versions.c.version == version)
