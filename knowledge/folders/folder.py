"""A folder of documents: which files belong to it, and how they are read."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from knowledge.cleaning import clean
from knowledge.errors import FolderNotFound, UnreadableDocument, display, explain
from knowledge.loaders import SUPPORTED_EXTENSIONS, extension_of, is_archive
from knowledge.loaders.archives import MAX_ARCHIVE_BYTES
from knowledge.loaders.document import MAX_BYTES, check_size
from knowledge.uploads import Upload

_TEMPORARY = re.compile(
    r"~\$|\.|#.*#$|.*(?:~|\.(?:tmp|temp|sw[a-p]|part|partial|crdownload|download|bak|lock|gstmp)|___jb_\w+___)$",
    re.IGNORECASE,
)
"""Names of files that are hidden, or that programs leave beside a document while they work on it."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was listed: its path below the folder, its size and when it was modified."""

    path: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of a folder.

    Attributes:
        files: Those that a loader knows, by source (path relative to the folder, with slashes), sorted.
        skipped: Sources of the others, sorted.
        unreadable: Folders below it that could not be listed; nothing is known of what is in them.
    """

    files: dict[str, FileState]
    skipped: tuple[str, ...]
    unreadable: tuple[str, ...] = ()


def list_folder(root: Path) -> Listing:
    """List a folder and those below it.

    Hidden files and folders (among them `.yunce`), symbolic links and what editors and downloads leave beside a
    document do not belong to it. Visible files of other formats are skipped.

    Raises:
        FolderNotFound: There is no such folder, or it may not be listed.
    """
    errors: list[OSError] = []
    states = {clean(state.path): state for state in sorted(_walk(root, errors), key=lambda s: s.path)}
    if not root.is_dir() or any(Path(error.filename) == root for error in errors):
        raise FolderNotFound(
            en=f"There is no folder {display(str(root))} that can be read.",
            zh=f"没有可读取的文件夹 {display(str(root))}。",
        )
    known = {source: state for source, state in states.items() if is_supported(source)}
    unreadable = (Path(error.filename).relative_to(root).as_posix() for error in errors)
    return Listing(known, tuple(sorted(states.keys() - known.keys())), tuple(sorted(unreadable)))


def is_supported(source: str) -> bool:
    """Whether a loader knows the format, by the extension."""
    return extension_of(source) in SUPPORTED_EXTENSIONS


def is_temporary(name: str) -> bool:
    """Whether a file of this name is hidden or a by-product of an editor, a download or an office program."""
    return _TEMPORARY.match(name) is not None


def look_at(path: Path, name: str) -> FileState:
    """Return the state of a file. Raises OSError."""
    stat = path.stat()
    return FileState(name, stat.st_size, stat.st_mtime_ns)


def _walk(root: Path, errors: list[OSError]) -> Iterator[FileState]:
    for folder, subfolders, files in os.walk(root, onerror=errors.append):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in files:
            path = Path(folder, name)
            if is_temporary(name) or path.is_symlink():
                continue
            with suppress(FileNotFoundError):  # it went while the folder was being listed
                yield look_at(path, path.relative_to(root).as_posix())


def read_upload(path: Path, *, source: str, origin: str, **given: object) -> Upload:
    """Read a file as an upload; its collection defaults to the first folder of its source.

    Args:
        path: The file.
        source: Its path relative to the folder it belongs to.
        origin: That folder.
        **given: Further fields of `Upload`.

    Raises:
        DocumentTooLarge: Above the limit; it is not read.
        UnreadableDocument: It does not exist or may not be read.
    """
    try:
        check_size(path.stat().st_size, limit=MAX_ARCHIVE_BYTES if is_archive(path.name) else MAX_BYTES)
        data = path.read_bytes()
    except OSError as error:
        en, zh = explain(error)
        raise UnreadableDocument(
            en=f"The file {display(str(path))} cannot be read: {en}.",
            zh=f"无法读取文件 {display(str(path))}：{zh}。",
        ) from error
    return Upload(
        name=path.name,
        data=data,
        source=source,
        origin=origin,
        default_collection=default_collection(source),
        **given,  # type: ignore[arg-type]
    )


def default_collection(source: str) -> str | None:
    """Return the first folder of a source, None if it is in none."""
    parts = PurePosixPath(source).parts
    return parts[0] if len(parts) > 1 else None
