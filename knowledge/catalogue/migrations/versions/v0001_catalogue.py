"""Create the catalogue: documents, versions, chunks, vectors and the lexical index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    _create_documents()
    _create_chunks()
    _create_indexing()


def _create_documents() -> None:
    op.create_table(
        "audiences",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("teams", sa.JSON, nullable=False, unique=True),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("audience_id", sa.Integer, sa.ForeignKey("audiences.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("origin", "source"),
    )
    op.create_table(
        "versions",
        sa.Column(
            "document_id", sa.String, sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("collection", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("effective_date", sa.Date),
        sa.Column("owner", sa.String),
        sa.Column("source_url", sa.String),
        sa.Column("content_hash", sa.String, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("chunk_count", sa.Integer, nullable=False),
    )


def _create_chunks() -> None:
    op.create_table(
        "chunks",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column(
            "document_id", sa.String, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("section", sa.JSON, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("chunks_of_version", "chunks", ["document_id", "version", "position"])
    op.create_index("chunks_of_kind", "chunks", ["kind"])
    op.create_table(
        "vectors",
        sa.Column("row", sa.Integer, sa.ForeignKey("chunks.row", ondelete="CASCADE"), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )


def _create_indexing() -> None:
    op.create_table(
        "entries",
        sa.Column("row", sa.Integer, sa.ForeignKey("chunks.row", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "document_id", sa.String, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("audience_id", sa.Integer, sa.ForeignKey("audiences.id"), nullable=False),
        sa.Column("collection", sa.String, nullable=False),
    )
    op.create_index("entries_of_document", "entries", ["document_id"])
    op.create_index("entries_of_audience", "entries", ["audience_id"])
    op.create_table(
        "vector_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("document_id", sa.String, nullable=False),
        sa.Column("audience_id", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "state",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )
    op.execute("CREATE VIRTUAL TABLE chunk_terms USING fts5(terms, tokenize = 'porter unicode61')")


def downgrade() -> None:
    """Drop all tables."""
    for table in ("chunk_terms", "state", "vector_changes", "entries", "vectors", "chunks"):
        op.execute(f"DROP TABLE {table}")
    for table in ("versions", "documents", "audiences"):
        op.execute(f"DROP TABLE {table}")
