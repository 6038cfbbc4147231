"""The sandbox: documents are parsed in child processes with bounded time and memory, and nothing else in reach."""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf
from select import POLLIN, poll
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic
from typing import Any, BinaryIO

from knowledge.errors import DocumentError, ParserFailed
from knowledge.intake.messages import Message, read_message, unpack_error, unpack_prepared, write_message
from knowledge.intake.preparation import Prepared
from knowledge.loaders.archives import Member

WORKERS = 2
_SECONDS = 20
_SECONDS_PER_MEGABYTE = 20
_PATIENCE = 4
"""How many times its seconds of work a child may take by the clock: the machine may be busy."""
_EVERY = 0.5
"""Seconds between two looks at the clock."""
_DOCUMENTS_PER_WORKER = 4_000
_GARBLED = (ValueError, KeyError, TypeError, IndexError, AttributeError)
"""What an answer raises that no parser of ours would give."""


def prepare_in_sandbox(name: str, data: bytes) -> Prepared:
    """Load, clean and chunk a document in a child process; see `preparation.prepare`.

    Raises:
        DocumentError: The document is at fault, also when it made the child crash or exceed its time or
            memory. Nothing is left behind.
    """
    [outcome] = prepare_all_in_sandbox([(name, data)])
    if isinstance(outcome, DocumentError):
        raise outcome
    return outcome


def prepare_all_in_sandbox(files: Sequence[tuple[str, bytes]]) -> list[Prepared | DocumentError]:
    """Do as `prepare_in_sandbox` with several documents, by name and bytes; return the error of those at fault."""
    outcomes: list[Prepared | DocumentError] = []
    while len(outcomes) < len(files):
        try:
            with _pool.borrow() as worker:
                for answer in worker.ask("prepare", files[len(outcomes) :]):
                    outcomes.append(_unpack_outcome(answer))
        except ParserFailed as error:
            outcomes.append(error)
    return outcomes


def _unpack_outcome(answer: Message) -> Prepared | DocumentError:
    head, blobs = answer
    try:
        return unpack_error(head["error"]) if "error" in head else unpack_prepared(head, blobs)
    except _GARBLED:
        return _died(_SECONDS)


def expand_in_sandbox(name: str, data: bytes) -> Iterator[Member]:
    """Take an archive apart in a child process of its own; see `loaders.archives.expand`.

    Raises:
        DocumentError: The archive is at fault.
    """
    worker = _Worker()
    try:
        for head, blobs in worker.ask("expand", [(name, data)]):
            if "error" in head:
                raise unpack_error(head["error"])
            if "path" not in head:
                return
            error = unpack_error(head["failure"]) if head["failure"] else None
            yield Member(head["path"], blobs[0], head["title"], error)
    finally:
        worker.close()


class _Worker:
    """A child process and its pipes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-B", "-m", "knowledge.intake.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "PYTHONUTF8": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
            cwd="/",
            close_fds=True,
        )
        self.answered = 0
        self._seconds, self._until = 0.0, inf

    @property
    def is_alive(self) -> bool:
        """Whether the child still waits for requests: the pipe of one that ended is at its end."""
        readable = poll()
        readable.register(self._pipe("stdout"), POLLIN)
        return not readable.poll(0) and self._process.poll() is None

    def ask(self, action: str, files: Sequence[tuple[str, bytes]]) -> Iterator[Message]:
        """Send files, by name and bytes, and yield what is answered to each as it comes.

        Raises:
            ParserFailed: The child died over the file whose answer is due, or was killed because its time was over.
        """
        seconds = [_SECONDS + _SECONDS_PER_MEGABYTE * len(data) / 2**20 for _, data in files]
        request = {"action": action, "names": [name for name, _ in files], "seconds": seconds}
        with self._deadline(seconds[0]):
            with suppress(BrokenPipeError):
                write_message(self._pipe("stdin"), request, [data for _, data in files])
            for allowed in seconds:
                yield from self._listen(allowed)

    def _listen(self, seconds: float) -> Iterator[Message]:
        """Yield the messages up to the last about a file; time counts only while one is waited for."""
        head: dict[str, Any] = {}
        while "last" not in head:
            self._allow(seconds)
            head, blobs = read_message(self._pipe("stdout"))
            self._until = inf
            yield head, blobs
        self.answered += 1

    def close(self) -> None:
        """End the child, whatever it does, and wait for it."""
        self._process.kill()
        for name in ("stdin", "stdout"):
            with suppress(OSError):  # a request that the child never read
                self._pipe(name).close()
        self._process.wait()

    def _pipe(self, name: str) -> BinaryIO:
        pipe: BinaryIO = getattr(self._process, name)
        return pipe

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        """Kill the child when an answer takes far longer than it may, which ends any waiting for it."""
        self._allow(seconds)
        ended = Event()
        Thread(target=self._watch, args=(ended,), daemon=True).start()
        try:
            yield
        except (EOFError, *_GARBLED) as error:
            raise _died(self._seconds) from error
        finally:
            ended.set()

    def _allow(self, seconds: float) -> None:
        self._seconds, self._until = seconds, monotonic() + _PATIENCE * seconds

    def _watch(self, ended: Event) -> None:
        while not ended.wait(_EVERY):
            if monotonic() > self._until:
                self._process.kill()


class _Pool:
    """At most two children, kept warm between documents and replaced after a failure or many documents."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(WORKERS)
        self._lock = Lock()
        self._idle: list[_Worker] = []

    @contextmanager
    def borrow(self) -> Iterator[_Worker]:
        with self._places:
            worker = self._take()
            try:
                yield worker
            except BaseException:
                worker.close()
                raise
            self._give_back(worker)

    def close(self) -> None:
        """End all children that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def forget(self) -> None:
        """Leave the children to the process that this one was forked from."""
        self.__init__()  # type: ignore[misc]

    def _take(self) -> _Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is not None and not worker.is_alive:  # it ends by itself when nobody asks for a minute
            worker.close()
            worker = None
        return worker or _Worker()

    def _give_back(self, worker: _Worker) -> None:
        if worker.answered >= _DOCUMENTS_PER_WORKER:
            worker.close()
            return
        with self._lock:
            self._idle.append(worker)


def _died(seconds: float) -> DocumentError:
    return ParserFailed(
        en="The document cannot be read: its parser ended abruptly, or used up its memory or its "
        f"{seconds:.0f} seconds. It may be damaged or far too complicated.",
        zh=f"无法读取该文档：解析程序意外中止，或用尽了内存或 {seconds:.0f} 秒的时限。文件可能已损坏或过于复杂。",
    )


_pool = _Pool()
atexit.register(_pool.close)
os.register_at_fork(after_in_child=_pool.forget)
