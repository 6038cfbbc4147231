"""The conversation that an answer belongs to, and the answer that took its place."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; answers given before belong to their conversation and are remembered in none."""
    op.add_column("answers", sa.Column("conversation_id", sa.String(120), nullable=False, server_default=""))
    op.add_column("answers", sa.Column("audience", sa.String(16), nullable=False, server_default=""))
    op.add_column("answers", sa.Column("replaced_by", sa.String(32)))
    op.create_index("ix_answers_conversation_id", "answers", ["conversation_id"])
    op.execute("UPDATE answers SET conversation_id = json_extract(record, '$.answer.conversation_id')")


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index("ix_answers_conversation_id", "answers")
    for name in ("conversation_id", "audience", "replaced_by"):
        op.drop_column("answers", name)
