"""A folder of documents: which files belong to it, and how they are read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from knowledge.documents import Upload
from knowledge.errors import FolderNotFound, UnreadableDocument, display
from knowledge.loaders import SUPPORTED_EXTENSIONS
from knowledge.loaders.document import check_size


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of a folder, by source (path relative to it, with slashes), sorted."""

    supported: tuple[str, ...]
    skipped: tuple[str, ...]


def list_folder(root: Path) -> Listing:
    """List a folder and those below it.

    Hidden files and folders (among them `.yunce`) and symbolic links do not belong to it. Visible files of
    other formats are skipped.

    Raises:
        FolderNotFound: There is no such folder.
    """
    if not root.is_dir():
        raise FolderNotFound(
            en=f"There is no folder {display(str(root))}.", zh=f"没有文件夹 {display(str(root))}。"
        )
    sources = sorted(_walk(root))
    known = [source for source in sources if PurePosixPath(source).suffix.lower() in SUPPORTED_EXTENSIONS]
    return Listing(supported=tuple(known), skipped=tuple(sorted(set(sources) - set(known))))


def _walk(root: Path) -> Iterator[str]:
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in files:
            path = Path(folder, name)
            if not name.startswith(".") and not path.is_symlink():
                yield path.relative_to(root).as_posix()


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
        check_size(path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        reason = display(error.strerror or str(error))
        raise UnreadableDocument(
            en=f"The file {display(str(path))} cannot be read: {reason}.",
            zh=f"无法读取文件 {display(str(path))}：{reason}。",
        ) from error
    parts = PurePosixPath(source).parts
    default = parts[0] if len(parts) > 1 else None
    return Upload(
        name=path.name,
        data=data,
        source=source,
        origin=origin,
        default_collection=default,
        **given,  # type: ignore[arg-type]
    )
