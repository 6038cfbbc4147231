"""Confinement of the process that parses documents: no network, no other program, no writing, bounded memory.

Every restriction is set where the system has it; none depends on another.
"""

import ctypes
import mimetypes
import os
import resource
import sys
import zoneinfo
from pathlib import Path
from typing import Any

_MEMORY = 1 << 30
_OPEN_FILES = 64
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
_NO_NEW_PRIVILEGES = 38
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.startfile",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.kill",
    "pty.",
    "shutil.",
    "tempfile.",
    "sqlite3.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "imaplib.",
    "poplib.",
    "nntplib.",
    "telnetlib.",
    "webbrowser.",
)


def leave_network() -> None:
    """Move into a network of its own that has no interface, where the system allows it."""
    libc = ctypes.CDLL(None, use_errno=True)
    for name, arguments in (
        ("unshare", (_NEW_USER_AND_NETWORK,)),
        ("prctl", (_NO_NEW_PRIVILEGES, 1, 0, 0, 0)),
    ):
        if call := getattr(libc, name, None):
            call(*arguments)


def limit_resources() -> None:
    """Bound memory to 1 GB above what is used now, and forbid written files and new processes."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_AS, _measure_address_space() + _MEMORY)


def limit_processor_time(seconds: float) -> None:
    """Let the system end this process when it has worked so long from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (end, hard))


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):  # macOS refuses some
        return


def _measure_address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return _MEMORY
    return pages * resource.getpagesize()


def refuse_the_world() -> None:
    """Refuse sockets, processes, changes to files, and reading anything but Python's own files and the
    time zones, for good."""
    folders = (*sys.path, sys.prefix, sys.base_prefix, *zoneinfo.TZPATH)
    readable: tuple[str, ...] = (
        *(os.path.realpath(folder) + os.sep for folder in folders if folder),
        *map(str, mimetypes.knownfiles),
    )

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED) or (event == "open" and not _may_open(readable, *arguments)):
            raise PermissionError(f"{event} is refused while documents are parsed")

    sys.addaudithook(refuse)


def _may_open(readable: tuple[str, ...], path: Any, mode: str | None, flags: int) -> bool:
    if isinstance(path, int):
        return True
    if flags & _WRITING or (mode and set(mode) & set("wax+")):
        return False
    return os.path.realpath(os.fsdecode(path)).startswith(readable)
