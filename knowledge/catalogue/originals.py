"""What was taken in, kept beside the chunks: the file's bytes, the text as extracted, the cleaned text."""

import zlib
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.schema import files_kept, texts, versions


def keep_file(connection: Connection, data: bytes) -> str:
    """Keep a file's bytes, once however many versions have them; return their hash."""
    digest = sha256(data).hexdigest()
    known = connection.execute(select(files_kept.c.hash).where(files_kept.c.hash == digest)).first()
    if known is None:
        connection.execute(insert(files_kept).values(hash=digest, data=zlib.compress(data)))
    return digest


def read_file(connection: Connection, digest: str) -> bytes:
    """Return the bytes of a kept file."""
    query = select(files_kept.c.data).where(files_kept.c.hash == digest)
    return zlib.decompress(connection.execute(query).scalar_one())


def find_files(connection: Connection, document_id: str) -> list[str]:
    """Return the hashes of the files of a document's versions."""
    query = select(versions.c.file_hash).where(versions.c.document_id == document_id)
    return list(connection.execute(query.where(versions.c.file_hash.is_not(None)).distinct()).scalars())


def drop_orphans(connection: Connection, hashes: Sequence[str]) -> None:
    """Drop those of the files that no version refers to any more."""
    used = select(versions.c.file_hash).where(versions.c.file_hash.in_(hashes))
    orphans = files_kept.c.hash.in_(hashes) & files_kept.c.hash.not_in(used)
    connection.execute(delete(files_kept).where(orphans))


def keep_text(
    connection: Connection, document_id: str, version: int, *, text: str, original: str, alignment: bytes
) -> None:
    """Keep a version's cleaned text, the text that it was cleaned from, and how the two align."""
    values = {"text": _pack(text), "original": _pack(original), "alignment": alignment}
    connection.execute(upsert(texts).values(document_id=document_id, version=version, **values))


def read_text(connection: Connection, document_id: str, version: int) -> tuple[str, str, bytes] | None:
    """Return a version's cleaned text, its original and their alignment; None if they were not kept."""
    of_version = (texts.c.document_id == document_id) & (texts.c.version == version)
    row = connection.execute(select(texts).where(of_version)).first()
    return (_unpack(row.text), _unpack(row.original), row.alignment) if row else None


def _pack(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def _unpack(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")
