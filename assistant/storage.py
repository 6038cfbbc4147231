"""The assistant's own tables: API keys, plans, answers, and the Slack events already seen. SQLite by SQLAlchemy."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import JSON, DateTime, Engine, QueuePool, String, Text, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Registry of the tables."""


class ApiKeyRow(Base):
    """An API key; only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    teams: Mapped[list[str]] = mapped_column(JSON)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PlanRow(Base):
    """A plan as JSON, with the columns that are searched."""

    __tablename__ = "plans"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    principal_id: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    plan: Mapped[dict[str, object]] = mapped_column(JSON)


class SlackEventRow(Base):
    """A Slack event that was accepted; its id is unique, so a retry is recognised."""

    __tablename__ = "slack_events"

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class AnswerRow(Base):
    """An answer as it was given, with what it leans on, and the columns that are listed."""

    __tablename__ = "answers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    principal_id: Mapped[str] = mapped_column(String(120), index=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    question: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    grounding: Mapped[str] = mapped_column(String(16))
    #: The conversation that it belongs to, and what its asker might see (see `assistant.conversation.thread`).
    conversation_id: Mapped[str] = mapped_column(String(120), index=True, default="")
    audience: Mapped[str] = mapped_column(String(16), default="")
    #: The answer that took its place in the conversation.
    replaced_by: Mapped[str | None] = mapped_column(String(32))
    record: Mapped[dict[str, object]] = mapped_column(JSON)


def open_storage(state: Path) -> Engine:
    """Open (and migrate) `state`/assistant.db. What is deleted in it is overwritten."""
    state.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{state / 'assistant.db'}")

    @event.listens_for(engine, "connect")
    def _pragmas(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    _migrate(engine)
    _drop_checkpoints(state)
    return engine


def open_memory() -> Engine:
    """Open the tables in memory: what is written there ends with the process."""
    engine = create_engine(
        "sqlite://",
        poolclass=QueuePool,
        pool_size=1,  # another connection would be another database
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )
    Base.metadata.create_all(engine)
    return engine


def _drop_checkpoints(state: Path) -> None:
    """Remove the file in which earlier versions kept conversations; nothing reads it or prunes it any more."""
    for file in state.glob("conversations.db*"):
        if file.is_file():
            file.unlink()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
