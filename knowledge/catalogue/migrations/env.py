"""Run migrations on the connection that the catalogue hands over."""

from alembic import context

from knowledge.catalogue.schema import metadata

if hasattr(context, "config"):  # absent where the module is merely imported, as by doctest
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
