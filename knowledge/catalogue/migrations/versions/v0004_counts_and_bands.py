"""Keep term counts audience by audience, and bands of signatures as numbers."""

import sqlalchemy as sa
from alembic import op

from knowledge.catalogue.similarity import bands

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Order the counts anew, and cut the signatures that are kept into bands."""
    op.execute("ALTER TABLE term_counts RENAME TO term_counts_before")
    op.create_table(
        "term_counts",
        sa.Column("audience_id", sa.Integer, primary_key=True),
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("chunks", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO term_counts SELECT audience_id, term, chunks FROM term_counts_before ORDER BY 1, 2"
    )
    op.drop_table("term_counts_before")
    op.drop_table("signature_bands")
    op.create_table(
        "signature_bands",
        sa.Column("band", sa.Integer, primary_key=True),
        sa.Column("document_id", sa.String, primary_key=True),
        sqlite_with_rowid=False,
    )
    kept = op.get_bind().exec_driver_sql("SELECT document_id, signature FROM signatures").all()
    found = [(band, name) for name, signature in kept for band in bands([signature])[0]]
    if found:
        op.get_bind().exec_driver_sql("INSERT INTO signature_bands VALUES (?, ?)", sorted(found))
