"""Watching a folder: when it is time to mirror it again."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

from knowledge.errors import FolderNotFound
from knowledge.folders.folder import is_temporary, list_folder

_DEBOUNCE_MS = 800
_STEP_MS = 100
_LOOK_MS = 1000
_REST_SECONDS = 0.5
_LONGEST_UNREST = 60


def watch_folder(root: Path, *, stopped: Event, every: float = 60.0) -> Iterator[None]:
    """Yield after each burst of changes in a folder, once no file in it is growing any more, and now and then.

    The first time is when the watching has begun, for what changed just before. By-products of editors are passed
    over, a file written beside and renamed into its place is one change. If the folder vanishes, as when a disk
    is unmounted, that is a change and so is its return.

    Args:
        root: The folder.
        stopped: Ends the watching when set.
        every: Seconds after which to yield though no change was told of: not all file systems tell.
    """
    while not stopped.is_set():
        identity = _identify(root)
        if identity is None:
            yield  # whoever mirrors it will say that it is gone
            while _identify(root) is None and not stopped.wait(_LOOK_MS / 1000):
                pass
        else:
            for _ in _watch_one(root, identity, stopped, every):
                _wait_for_rest(root, stopped)
                yield


def _watch_one(root: Path, identity: tuple[int, int], stopped: Event, every: float) -> Iterator[None]:
    """Yield once it is watched and after changes, for as long as the folder is the same one."""
    from watchfiles import watch

    changes = watch(
        root,
        watch_filter=lambda _, path: _concerns(root, path),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stopped,
        raise_interrupt=True,
        ignore_permission_denied=True,
    )
    last = float("-inf")
    try:
        for change in changes:
            if _identify(root) != identity:
                return
            if change or monotonic() - last > every:
                yield
                last = monotonic()
    except FileNotFoundError:
        return  # it went before it could be watched


def _concerns(root: Path, path: str) -> bool:
    """Whether a changed path can be that of a document, or of a folder."""
    try:
        parts = Path(path).relative_to(root).parts
    except ValueError:
        return False
    return not any(part.startswith(".") for part in parts) and not (parts and is_temporary(parts[-1]))


def _identify(root: Path) -> tuple[int, int] | None:
    try:
        stat = root.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino)


def _wait_for_rest(root: Path, stopped: Event) -> None:
    """Wait until two looks at the folder see the same; a minute at most, for something always grows somewhere."""
    try:
        before = list_folder(root)
        for _ in range(int(_LONGEST_UNREST / _REST_SECONDS)):
            if stopped.wait(_REST_SECONDS) or (now := list_folder(root)) == before:
                return
            before = now
    except FolderNotFound:
        return
