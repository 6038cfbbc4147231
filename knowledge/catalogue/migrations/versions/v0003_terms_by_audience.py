"""Keep the lexical index and its statistics by audience."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the index that all audiences shared; the new one is built when the catalogue is opened."""
    op.execute("DROP TABLE chunk_terms")
    op.create_table(
        "term_counts",
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("audience_id", sa.Integer, primary_key=True),
        sa.Column("chunks", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lexical_sizes",
        sa.Column("audience_id", sa.Integer, primary_key=True),
        sa.Column("language", sa.String, primary_key=True),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
    )
    op.create_index("entries_of_collection", "entries", ["collection"])
