"""Unpacking: an upload that is an archive becomes the uploads of its members."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from knowledge.cleaning import clean
from knowledge.errors import DocumentError, UnsupportedFormat, display
from knowledge.intake.sandbox import expand_in_sandbox
from knowledge.loaders import is_archive
from knowledge.loaders.archives import MAX_ARCHIVE_BYTES, Member
from knowledge.loaders.document import check_size
from knowledge.uploads import Failure, Upload


def unpack(uploads: Iterable[Upload]) -> Iterator[Upload | Failure]:
    """Yield uploads as they are, and of archives their members, whose source is the archive's and their path.

    What was said of an archive holds for its members, save its title and address. A member that cannot be a
    document is a failure of its own; a failure of the archive has the archive's source.
    """
    for upload in uploads:
        if is_archive(upload.name):
            yield from _unpack(upload)
        else:
            yield upload


def _unpack(upload: Upload) -> Iterator[Upload | Failure]:
    container = clean(upload.source or upload.name)
    try:
        check_size(len(upload.data), limit=MAX_ARCHIVE_BYTES)
        for member in expand_in_sandbox(upload.name, upload.data):
            source = f"{container}/{member.path}"
            yield Failure(source, member.error) if member.error else _make_upload(upload, member, container)
    except DocumentError as error:
        yield Failure(container, error)


def _make_upload(archive: Upload, member: Member, container: str) -> Upload:
    return replace(
        archive,
        name=PurePosixPath(member.path).name,
        data=member.data,
        source=f"{container}/{member.path}",
        container=container,
        title=member.title,
        source_url=None,
    )


def refuse_archive(upload: Upload) -> None:
    """Raise UnsupportedFormat where one document is asked for and the upload holds several."""
    if is_archive(upload.name):
        raise UnsupportedFormat(
            en=f"{display(upload.name)} is an archive of several documents, where a single one is expected.",
            zh=f"{display(upload.name)} 是包含多个文档的压缩包，此处应为单个文档。",
        )
