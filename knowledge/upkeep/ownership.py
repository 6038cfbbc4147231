"""Which process a folder belongs to: the one that holds a lock on a file beside it, until it ends."""

import os
from pathlib import Path
from threading import Lock


class Ownership:
    """A lock that one process at a time holds; the system frees it however that process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def claim(self) -> bool:
        """Take the lock if nobody else holds it; return whether it is held now."""
        import fcntl

        with self._lock:
            if self._descriptor is None:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    os.close(descriptor)
                else:
                    self._descriptor = descriptor
            return self._descriptor is not None

    def release(self) -> None:
        """Give the lock up."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
