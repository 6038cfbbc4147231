"""What people did to passages: kept by the passage's text, and done again where a new version holds it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.database import is_among
from knowledge.catalogue.publication import index_text
from knowledge.catalogue.revisions import hash_parts, insert_chunks, keep_vectors
from knowledge.catalogue.schema import chunk_edits, chunks, vectors
from knowledge.documents import Notice
from knowledge.language import detect_language

Embed = Callable[[str], bytes]
"""Gives the vector of a text, float32 bytes."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to hold of a passage: whether it is searched, and the text in its place, if another one."""

    enabled: bool
    text: str | None
    by: str
    at: datetime


def find_original(connection: Connection, chunk: Row[Any]) -> Row[Any]:
    """Return the passage as it was taken in, which may be the chunk itself."""
    if chunk.edit_of is None:
        return chunk
    return connection.execute(select(chunks).where(chunks.c.row == chunk.edit_of)).one()


def find_standing(connection: Connection, original: Row[Any]) -> Row[Any]:
    """Return the chunk that stands for a passage now: an edited one, or the passage itself."""
    of_passage = (chunks.c.row == original.row) | (chunks.c.edit_of == original.row)
    return connection.execute(select(chunks).where(of_passage, ~chunks.c.withdrawn)).one()


def apply_edit(connection: Connection, original: Row[Any], edit: Edit, embed: Embed) -> str:
    """Make a chunk stand for a passage as the edit has it; return its id. Publishing is left to the caller."""
    of_passage = (chunks.c.row == original.row) | (chunks.c.edit_of == original.row)
    connection.execute(update(chunks).where(of_passage).values(withdrawn=True))
    row = original.row if edit.text is None else _find_or_add(connection, original, edit, embed)
    stands = {"withdrawn": False, "enabled": edit.enabled}
    connection.execute(update(chunks).where(chunks.c.row == row).values(stands))
    return connection.execute(select(chunks.c.id).where(chunks.c.row == row)).scalar_one()


def remember_edit(connection: Connection, original: Row[Any], edit: Edit) -> None:
    """Keep an edit for the versions to come; one that changes nothing is forgotten."""
    key = {"document_id": original.document_id, "text_hash": hash_text(original.text)}
    if edit.enabled and edit.text is None:
        same = (chunk_edits.c.document_id == key["document_id"]) & (
            chunk_edits.c.text_hash == key["text_hash"]
        )
        connection.execute(delete(chunk_edits).where(same))
        return
    values = {"enabled": edit.enabled, "text": edit.text, "by": edit.by, "at": edit.at}
    statement = upsert(chunk_edits).values(**key, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["document_id", "text_hash"], set_=values)
    )


def find_edited(connection: Connection, document_ids: Iterable[str]) -> list[str]:
    """Return those of the documents that people have edited passages of."""
    query = select(chunk_edits.c.document_id).where(is_among(chunk_edits.c.document_id, document_ids))
    return list(connection.execute(query.distinct()).scalars())


def carry_edits(connection: Connection, document_id: str, version: int, embed: Embed) -> tuple[Notice, ...]:
    """Do again in a new version what people did to the passages of earlier ones.

    Returns:
        A notice for each edited or disabled passage of the version before that the new one does not hold.
    """
    query = select(chunk_edits).where(chunk_edits.c.document_id == document_id)
    edits = {row.text_hash: row for row in connection.execute(query)}
    if not edits:
        return ()
    passages = _read_passages(connection, document_id, version)
    for passage in passages:
        if (row := edits.get(hash_text(passage.text))) is not None:
            apply_edit(connection, passage, Edit(row.enabled, row.text, row.by, row.at), embed)
    held = {hash_text(passage.text) for passage in passages}
    before = _read_passages(connection, document_id, version - 1)
    lost = {digest: p for p in before if (digest := hash_text(p.text)) in edits and digest not in held}
    return tuple(_tell_lost(passage, edits[digest]) for digest, passage in lost.items())


def _read_passages(connection: Connection, document_id: str, version: int) -> list[Row[Any]]:
    of_version = (chunks.c.document_id == document_id) & (chunks.c.version == version)
    query = select(chunks).where(of_version, chunks.c.edit_of.is_(None)).order_by(chunks.c.position)
    return list(connection.execute(query))


def _find_or_add(connection: Connection, original: Row[Any], edit: Edit, embed: Embed) -> int:
    same = (chunks.c.edit_of == original.row) & (chunks.c.text == edit.text)
    known = connection.execute(select(chunks.c.row).where(same)).scalar()
    assert edit.text is not None
    if known is not None:
        edited = {"edited_by": edit.by, "edited_at": edit.at}
        connection.execute(update(chunks).where(chunks.c.row == known).values(edited))
        return known
    values = original._asdict() | {
        "id": "c_" + hash_parts(original.document_id, original.version, original.position, "edit", edit.text),
        "language": detect_language(edit.text),
        "text": edit.text,
        "edit_of": original.row,
        "edited_by": edit.by,
        "edited_at": edit.at,
    }
    del values["row"]
    vector = _find_vector(connection, original, edit.text) or embed(index_text(original.context, edit.text))
    [row] = insert_chunks(connection, [values])
    keep_vectors(connection, [row], [vector])
    return row


def _find_vector(connection: Connection, original: Row[Any], text: str) -> bytes | None:
    """Return the vector that the same text under the same headings has already, in an earlier version."""
    same = (chunks.c.document_id == original.document_id) & (chunks.c.text == text)
    query = select(vectors.c.vector).join(chunks, chunks.c.row == vectors.c.row)
    return connection.execute(query.where(same, chunks.c.context == original.context)).scalar()


def _tell_lost(passage: Row[Any], edit: Row[Any]) -> Notice:
    words = " ".join(passage.text.split())
    words = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
    did, did_zh = ("edited", "编辑") if edit.text is not None else ("disabled", "停用")
    return Notice(
        en=f"The passage “{words}”, {did} by {edit.by}, is not in the new version; the change was not carried over.",
        zh=f"新版本中没有{edit.by}{did_zh}过的段落“{words}”，该改动未沿用。",
    )


def hash_text(text: str) -> str:
    """Return what a passage is remembered by."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
