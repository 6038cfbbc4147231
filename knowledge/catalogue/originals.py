"""What was taken in, kept beside the chunks: the file's bytes, the text as extracted, the cleaned text."""

import zlib
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from knowledge.catalogue.database import is_among
from knowledge.catalogue.schema import documents, files_kept, texts, versions


def keep_files(connection: Connection, files: Iterable[bytes]) -> list[str]:
    """Keep the bytes of files, each once however many versions have them; return their hashes in this order."""
    kept = [(sha256(data).hexdigest(), data) for data in files]
    by_hash = dict(kept)
    query = select(files_kept.c.hash).where(is_among(files_kept.c.hash, by_hash))
    known = set(connection.execute(query).scalars())
    new = [{"hash": h, "data": zlib.compress(data)} for h, data in by_hash.items() if h not in known]
    if new:
        connection.execute(insert(files_kept), new)
    return [digest for digest, _ in kept]


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


def pack_texts(text: str, original: str, alignment: bytes) -> dict[str, bytes]:
    """Return as columns of `texts` a cleaned text, the text that it was cleaned from, and how the two align."""
    packed = _pack(text)
    return {
        "text": packed,
        "original": packed if original == text else _pack(original),
        "alignment": alignment,
    }


def read_current_texts(connection: Connection, document_ids: Sequence[str]) -> dict[str, str]:
    """Return the cleaned texts of the versions in force of documents, where they were kept."""
    query = select(texts.c.document_id, texts.c.text).join(documents, documents.c.id == texts.c.document_id)
    query = query.where(is_among(documents.c.id, document_ids), texts.c.version == documents.c.version)
    return {row.document_id: _unpack(row.text) for row in connection.execute(query)}


def read_text(connection: Connection, document_id: str, version: int) -> tuple[str, str, bytes] | None:
    """Return a version's cleaned text, its original and their alignment; None if they were not kept."""
    of_version = (texts.c.document_id == document_id) & (texts.c.version == version)
    row = connection.execute(select(texts).where(of_version)).first()
    return (_unpack(row.text), _unpack(row.original), row.alignment) if row else None


def _pack(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def _unpack(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")
