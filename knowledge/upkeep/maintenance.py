"""Work that is done every so often in the background, and again after growing pauses while it fails."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from sqlalchemy.exc import DatabaseError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    sleep_using_event,
    stop_when_event_set,
    wait_exponential,
)

from knowledge.errors import KnowledgeError

_LONGEST_PAUSE = 600.0
_SHORTEST_PAUSE = 1.0
_LOG = logging.getLogger(__name__)


class Maintenance:
    """One background thread at most; none before `start`."""

    def __init__(self, work: Callable[[], bool]) -> None:
        """Take the work; it returns whether all is well."""
        self._work = work
        self._stopped = Event()
        self._woken = Event()
        self._thread: Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the work is done in the background."""
        return self._thread is not None

    def start(self, every: float) -> None:
        """Do the work now and every so many seconds."""
        if self._thread is None:
            self._stopped.clear()
            self._thread = Thread(target=self._run, args=(every,), name="knowledge-recovery", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Do the work soon."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread, once the work at hand is done."""
        if self._thread is not None:
            self._stopped.set()
            self._woken.set()
            self._thread.join()
            self._thread = None

    def _run(self, every: float) -> None:
        attempts = Retrying(
            retry=retry_if_result(lambda well: not well)
            | retry_if_exception_type((KnowledgeError, DatabaseError, OSError)),
            wait=wait_exponential(max=_LONGEST_PAUSE),
            stop=stop_when_event_set(self._stopped),
            sleep=sleep_using_event(self._stopped),
            before_sleep=_report,
            retry_error_callback=lambda _: None,
        )
        while not self._stopped.is_set():
            self._woken.clear()
            attempts(self._work)
            self._stopped.wait(_SHORTEST_PAUSE)
            self._woken.wait(every)


def _report(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    _LOG.warning("attempt %d failed; trying again", state.attempt_number, exc_info=error)
