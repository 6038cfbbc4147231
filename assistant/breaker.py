"""A circuit breaker: an endpoint that fails again and again is left alone for a while.

The state is one small file beside the workspace's databases, so that a command that lives for one question heeds it
too, and `yunce doctor` can tell it. After the rest the endpoint is tried again: one failure more and it rests anew, one
answer and all is forgotten. Two processes that write at once may lose a count, which does no harm.
"""

import json
import logging
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from assistant.model_settings import ModelSettings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Failures in a row of one endpoint.

    Attributes:
        failures: How many.
        until: Until when it is left alone, in seconds since 1970; 0 where it is not.
        zh, en: What was wrong with it last.
    """

    failures: int
    until: float
    zh: str
    en: str

    @property
    def rests(self) -> bool:
        """Whether it is left alone now."""
        return time.time() < self.until

    @property
    def clock(self) -> str:
        """The time of day until which it is left alone, where the server is."""
        return f"{datetime.fromtimestamp(self.until).astimezone():%H:%M}"


class CircuitBreaker:
    """Count failures in a row by endpoint."""

    def __init__(self, path: Path, *, failures: int, rest: float) -> None:
        """Describe it; nothing is read or written yet.

        Args:
            path: File of the state.
            failures: Failures in a row after which an endpoint rests.
            rest: For how many seconds; 0 never lets it rest.
        """
        self._path = path
        self._failures = failures
        self._rest = rest

    def find(self, place: str) -> Trouble | None:
        """Return the trouble with an endpoint; None where its last call was well."""
        trouble = self._read().get(place)
        return trouble if trouble is None or self._rest else replace(trouble, until=0.0)

    def fail(self, place: str, *, zh: str, en: str) -> None:
        """Note a failure of an endpoint."""
        troubles = self._read()
        failures = troubles[place].failures + 1 if place in troubles else 1
        rests = bool(self._rest) and failures >= self._failures
        trouble = Trouble(failures, time.time() + self._rest if rests else 0.0, zh, en)
        self._write({**troubles, place: trouble})
        if rests:
            _log.warning("%s failed %d times in a row; left alone until %s", place, failures, trouble.clock)

    def succeed(self, place: str) -> None:
        """Forget what was wrong with an endpoint."""
        troubles = self._read()
        if troubles.pop(place, None):
            self._write(troubles)
            _log.info("%s answers again", place)

    def _read(self) -> dict[str, Trouble]:
        try:
            return {place: Trouble(**kept) for place, kept in json.loads(self._path.read_bytes()).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # none yet, or not ours: nothing is known against anyone

    def _write(self, troubles: dict[str, Trouble]) -> None:
        draft = self._path.with_name(f"{self._path.name}.{uuid4().hex[:8]}")
        try:
            draft.write_text(json.dumps({k: asdict(v) for k, v in troubles.items()}), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            _log.warning("The state of the endpoints could not be kept: %s", error.strerror)


def open_breaker(state: Path, settings: ModelSettings) -> CircuitBreaker:
    """Return the circuit breaker of a workspace."""
    return CircuitBreaker(
        state / "endpoints.json", failures=settings.failures_in_a_row, rest=settings.rest_seconds
    )
