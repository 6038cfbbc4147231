"""Tables of the catalogue. The migrations create them; these are for writing queries.

A document is an identity and an audience; what it says at one time is a version with its chunks. Only the
chunks of current versions have an `entries` row, which is what search joins with: a chunk that is disabled,
edited, of an older version, of one that waits for its effective date or of a document that was replaced has none
(see `publication`). Its text stays for citations, and its vector as long as it may come back. `vector_changes`
lists documents whose vectors in the index may differ from the catalogue: it is written in the same transaction
as the change and emptied once the index has followed.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

REVISION = "0004"
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
    Column("version", Integer, nullable=False),  # the one in force; a higher one waits for its effective date
    Column("container", String, nullable=False, server_default=""),  # source of the archive that it came in
    Column("owner", String),  # assigned by a person; else the version's owner holds
    Column("stale_at", DateTime),  # when and by whom it was marked as out of date, and why
    Column("stale_by", String),
    Column("stale_note", Text),
    Column("replaced_by", String),  # id of the document that took its place in search
    UniqueConstraint("origin", "source"),
    Index("documents_replaced", "id", sqlite_where=text("replaced_by IS NOT NULL")),
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
    Column("file_name", String, nullable=False, server_default=""),
    Column("file_hash", String),  # of `files_kept`
    Column("replaces", JSON(none_as_null=True)),  # ids, sources or titles of documents whose place it takes
    Column("audience_id", Integer),  # who may read it once it is in force; None: whoever reads the document
    Index("versions_of_file", "file_hash"),
    Index("versions_replacing", "document_id", sqlite_where=text("replaces IS NOT NULL")),
)

files_kept = Table(
    "files_kept",
    metadata,
    Column("hash", String, primary_key=True),  # SHA-256 of the bytes, hexadecimal
    Column("data", LargeBinary, nullable=False),  # zlib
)

texts = Table(
    "texts",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", LargeBinary, nullable=False),  # cleaned, zlib of UTF-8; chunks are spans of it
    Column("original", LargeBinary, nullable=False),  # as the loader extracted it, zlib of UTF-8
    Column("alignment", LargeBinary, nullable=False),  # cleaned to original, see `cleaning`
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
    Column("start", Integer),  # its span in the version's cleaned text
    Column("end", Integer),
    Column("edit_of", Integer),  # row of the chunk whose place an edited one takes
    Column("edited_by", String),
    Column("edited_at", DateTime),
    Column("enabled", Boolean, nullable=False, server_default="1"),
    Column("withdrawn", Boolean, nullable=False, server_default="0"),  # an edit took its place, or was undone
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

term_counts = (
    Table(  # chunks of an audience that hold a term; the terms themselves are in FTS5 tables, terms_1 …
        "term_counts",
        metadata,
        Column("audience_id", Integer, primary_key=True),
        Column("term", Text, primary_key=True),
        Column("chunks", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
)

lexical_sizes = Table(
    "lexical_sizes",
    metadata,
    Column("audience_id", Integer, primary_key=True),
    Column("language", String, primary_key=True),  # "zh" for both scripts
    Column("chunks", Integer, nullable=False),
    Column("length", Integer, nullable=False),  # terms in all of them
)

vector_changes = Table(
    "vector_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", String, nullable=False),
    Column("audience_id", Integer, nullable=False),  # whose vectors of the document are to be looked at
    sqlite_autoincrement=True,
)

chunk_edits = Table(  # what people did to chunks, done again when a new version holds the same passage
    "chunk_edits",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("text_hash", String, primary_key=True),  # of the passage as it was taken in
    Column("enabled", Boolean, nullable=False),
    Column("text", Text),  # None: not edited
    Column("by", String, nullable=False),
    Column("at", DateTime, nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("signature", LargeBinary, nullable=False),  # MinHash of the current version's shingles
)

signature_bands = Table(
    "signature_bands",
    metadata,
    Column("band", Integer, primary_key=True),
    Column("document_id", String, primary_key=True),
    sqlite_with_rowid=False,
)

near_duplicates = Table(  # both directions are kept
    "near_duplicates",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("similarity", Float, nullable=False),  # estimated Jaccard index, 0 to 1
)

files = Table(  # files of synced folders as they were last seen, so that unchanged ones need not be read
    "files",
    metadata,
    Column("origin", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column("content_hash", String, nullable=False),
)

failures = Table(
    "failures",
    metadata,
    Column("origin", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("en", Text, nullable=False),
    Column("zh", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", DateTime, nullable=False),
)

pins = Table(  # curated answers to questions
    "pins",
    metadata,
    Column("id", String, primary_key=True),
    Column("questions", JSON, nullable=False),  # the ways to ask it
    Column("answer", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("teams", JSON, nullable=False),
    Column("documents", JSON, nullable=False),  # ids of documents that it rests on
    Column("owner", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    Column("updated_by", String, nullable=False),
    Column("review_by", Date),
    Column("vectors", LargeBinary, nullable=False),  # of the questions, float32, unit length, little-endian
)

question_groups = Table(  # unanswered questions that mean the same
    "question_groups",
    metadata,
    Column("id", String, primary_key=True),
    Column("teams", JSON(none_as_null=True)),  # of those who asked; [] is everyone, None the owner
    Column("owner", String),
    Column("state", String, nullable=False),  # "open", "answered", "dismissed"
    Column("document_id", String),  # that answered it
    Column("closed_at", DateTime),
    Column("closed_by", String),
)

questions = Table(
    "questions",
    metadata,
    Column("id", String, primary_key=True),
    Column("group_id", ForeignKey("question_groups.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("asker", String, nullable=False),
    Column("asker_teams", JSON(none_as_null=True)),  # None is the owner
    Column("reply_to", String),  # where the asker can be told, in the words of the door that was asked
    Column("asked_at", DateTime, nullable=False),
    Column("told_at", DateTime),
    Column("vector", LargeBinary, nullable=False),
)

publications = Table(  # documents that came into search and may answer questions that were left open
    "publications",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
)

new_vectors = Table(  # of the embedding model that is being changed to
    "new_vectors",
    metadata,
    Column("row", ForeignKey("chunks.row", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

state = Table(
    "state",
    metadata,
    Column(
        "key", String, primary_key=True
    ),  # "embedder", "generation" of the vector index, "terms" (format of the lexical one)
    Column("value", JSON, nullable=False),
)
