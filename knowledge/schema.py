"""Tables of the catalogue. The migrations create them; these are for writing queries.

A document is an identity and an audience; what it says at one time is a version with its chunks. Only the
chunks of current versions have an `entries` row, which is what search joins with; older chunks stay for
citations. `vector_changes` lists documents whose vectors in the index may differ from the catalogue: it is
written in the same transaction as the change and emptied once the index has followed.
"""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0001"
"""Newest migration; a catalogue that has it needs none."""

metadata = MetaData()

audiences = Table(
    "audiences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("teams", JSON, nullable=False, unique=True),  # sorted; [] is everyone
)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("origin", String, nullable=False),  # synced folder relative to the state folder; "" for uploads
    Column("source", String, nullable=False),
    Column("audience_id", ForeignKey("audiences.id"), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("origin", "source"),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("collection", String, nullable=False),
    Column("language", String, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("effective_date", Date),
    Column("owner", String),
    Column("source_url", String),
    Column("content_hash", String, nullable=False),
    Column("updated_at", DateTime, nullable=False),  # UTC
    Column("chunk_count", Integer, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("row", Integer, primary_key=True),  # also the chunk's key in both indexes; never used twice
    Column("id", String, nullable=False, unique=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("section", JSON, nullable=False),
    Column("page", Integer),
    Column("language", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("context", Text, nullable=False),  # title and headings, indexed with the text but not cited
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    metadata,
    Column("row", ForeignKey("chunks.row", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float32, unit length, little-endian
)

entries = Table(
    "entries",
    metadata,
    Column("row", ForeignKey("chunks.row", ondelete="CASCADE"), primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("audience_id", ForeignKey("audiences.id"), nullable=False),
    Column("collection", String, nullable=False),
)

vector_changes = Table(
    "vector_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", String, nullable=False),
    Column("audience_id", Integer, nullable=False),  # whose vectors of the document are to be looked at
    sqlite_autoincrement=True,
)

state = Table(
    "state",
    metadata,
    Column("key", String, primary_key=True),  # "embedder", "generation" of the vector index
    Column("value", JSON, nullable=False),
)
