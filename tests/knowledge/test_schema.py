"""The migrations make what the tables say."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from knowledge.catalogue.database import open_database
from knowledge.catalogue.schema import REVISION, metadata
from knowledge.catalogue.similarity import bands, sign


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


def test_what_was_counted_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    engine = create_engine(f"sqlite:///{path}")
    signature = sign("会员积分体系让门店的顾客愿意回来")
    with engine.begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", "knowledge:catalogue/migrations")
        configuration.set_main_option("path_separator", "os")
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0003")
        connection.exec_driver_sql(
            "INSERT INTO term_counts (term, audience_id, chunks) VALUES ('会员', 2, 5)"
        )
        connection.exec_driver_sql("INSERT INTO signatures VALUES ('d_1', ?)", (signature,))
    engine.dispose()
    engine = open_database(path)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM term_counts").all() == [(2, "会员", 5)]
        kept = connection.exec_driver_sql("SELECT * FROM signature_bands").all()
    engine.dispose()
    assert {tuple(row) for row in kept} == {(band, "d_1") for band in bands([signature])[0]}
