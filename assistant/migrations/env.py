"""Alembic runs on the connection that `assistant.storage` hands over."""

from alembic import context

from assistant.storage import Base

if hasattr(context, "config"):  # absent when the module is merely imported
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
