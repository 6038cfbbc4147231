"""Take each Slack event once: its keys are unique in the database, so retries are known across restarts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import IntegrityError

from assistant.storage import SlackEventRow

#: Slack retries within the hour; anything older is only ballast.
_KEPT = timedelta(days=3)


class SeenEvents:
    """The keys of the events that were accepted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, keys: Iterable[str], *, now: datetime | None = None) -> bool:
        """Record the keys, all or none; return False if any of them was recorded before."""
        now = now or datetime.now(UTC)
        rows = [{"event_id": key, "received_at": now} for key in dict.fromkeys(keys)]
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(SlackEventRow).where(SlackEventRow.received_at < now - _KEPT))
                connection.execute(insert(SlackEventRow), rows)
        except IntegrityError:
            return False
        return True
