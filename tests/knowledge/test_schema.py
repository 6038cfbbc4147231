"""The migrations make what the tables say."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from knowledge.catalogue.database import open_database
from knowledge.catalogue.schema import REVISION, metadata


def test_migrations_lead_to_the_schema(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "catalogue.db")
    with engine.connect() as connection:
        ours = lambda name, kind, parents: kind != "table" or name in metadata.tables  # noqa: E731
        options = {"include_name": ours, "compare_type": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert [difference for difference in differences if difference[0] != "remove_index"] == []


def test_revision_is_the_newest() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", "knowledge:catalogue/migrations")
    configuration.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(configuration).get_current_head() == REVISION
