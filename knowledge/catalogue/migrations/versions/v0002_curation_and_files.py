"""Keep files and texts, curation, questions, near duplicates, and what folder syncs saw."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    _add_columns()
    _create_texts()
    _create_curation()
    _create_questions()
    _create_similarity()
    _create_sync()


def _add_columns() -> None:
    op.add_column("chunks", sa.Column("start", sa.Integer(), nullable=True))
    op.add_column("chunks", sa.Column("end", sa.Integer(), nullable=True))
    op.add_column("chunks", sa.Column("edit_of", sa.Integer(), nullable=True))
    op.add_column("chunks", sa.Column("edited_by", sa.String(), nullable=True))
    op.add_column("chunks", sa.Column("edited_at", sa.DateTime(), nullable=True))
    op.add_column("chunks", sa.Column("enabled", sa.Boolean(), server_default="1", nullable=False))
    op.add_column("documents", sa.Column("container", sa.String(), server_default="", nullable=False))
    op.add_column("documents", sa.Column("owner", sa.String(), nullable=True))
    op.add_column("documents", sa.Column("stale_at", sa.DateTime(), nullable=True))
    op.add_column("documents", sa.Column("stale_by", sa.String(), nullable=True))
    op.add_column("documents", sa.Column("stale_note", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("replaced_by", sa.String(), nullable=True))
    op.add_column("versions", sa.Column("file_name", sa.String(), server_default="", nullable=False))
    op.add_column("versions", sa.Column("file_hash", sa.String(), nullable=True))
    op.add_column("versions", sa.Column("replaces", sa.JSON(), nullable=True))
    op.add_column("versions", sa.Column("audience_id", sa.Integer(), nullable=True))
    op.create_index("versions_of_file", "versions", ["file_hash"])
    replacing = sa.text("replaces IS NOT NULL")
    op.create_index("versions_replacing", "versions", ["document_id"], sqlite_where=replacing)
    replaced = sa.text("replaced_by IS NOT NULL")
    op.create_index("documents_replaced", "documents", ["id"], sqlite_where=replaced)
    op.add_column("chunks", sa.Column("withdrawn", sa.Boolean(), server_default="0", nullable=False))


def _create_texts() -> None:
    op.create_table(
        "files_kept",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "texts",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("alignment", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "version"),
    )
    op.create_table(
        "new_vectors",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["row"], ["chunks.row"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row"),
    )


def _create_curation() -> None:
    op.create_table(
        "pins",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "chunk_edits",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "text_hash"),
    )


def _create_questions() -> None:
    op.create_table(
        "question_groups",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("asker_teams", sa.JSON(), nullable=True),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["question_groups.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "publications",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index("ix_questions_group_id", "questions", ["group_id"], unique=False)


def _create_similarity() -> None:
    op.create_table(
        "near_duplicates",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "other_id"),
    )
    op.create_table(
        "signature_bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("band", "value", "document_id"),
    )
    op.create_index("signature_bands_of_document", "signature_bands", ["document_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id"),
    )


def _create_sync() -> None:
    op.create_table(
        "failures",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "source"),
    )
    op.create_table(
        "files",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("modified_ns", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "source"),
    )
