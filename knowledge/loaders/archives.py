"""Archives: one file that holds many documents, and the exports of other tools that come as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from knowledge.cleaning import clean
from knowledge.errors import DocumentError, DocumentTooLarge, UnsupportedFormat, display
from knowledge.loaders import confluence, notion, slack
from knowledge.loaders.document import MAX_BYTES
from knowledge.loaders.encoding import decode
from knowledge.loaders.formats import DOCUMENT_EXTENSIONS, extension_of, is_archive, unsupported
from knowledge.loaders.inspection import check_content, open_zip, read_member

MAX_ARCHIVE_BYTES = 100 * 1024 * 1024
_UTF8_NAME = 0x800
_JUNK = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")
_DECORATION = (".css", ".js", ".woff", ".woff2", ".ttf", ".ico")
_MEDIA = (
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".tif", ".tiff", ".heic",
    ".mp3", ".m4a", ".wav", ".mp4", ".mov", ".avi", ".mkv", ".webm",
)  # fmt: skip
_NAMED_FILES = 5


@dataclass(frozen=True, slots=True)
class Member:
    """A document in an archive, or a file in it that cannot be one, and why.

    Attributes:
        path: Its path in the archive, with slashes, never used as a path on disk.
        data: Its bytes.
        title: Its title, where the export says so rather than the file.
        error: Why it cannot be a document.
        left_out: For how many files without text this one stands.
    """

    path: str
    data: bytes = b""
    title: str | None = None
    error: DocumentError | None = None
    left_out: int = 0


def expand(name: str, data: bytes) -> Iterator[Member]:
    """Yield the documents of an archive, and the files in it that no loader knows as failures.

    Exports of Slack, Notion and Confluence are recognised: channels become documents by month, ids that were
    added to names are cut, and indexes left out. Pictures, recordings and attachments are one failure together;
    styles and what operating systems add are no content.

    Raises:
        DocumentTooLarge: Too many members, or unpacked too large.
        UnreadableDocument: It is broken, encrypted, or has no document in it.
    """
    del name
    check_content(data, "zip")
    with open_zip(data) as container:
        members = {path: info for info in container.infolist() if (path := _find_path(info))}
        found = _expand_members(container, members)
        first = next(found, None)
        if first is None or first.left_out:
            known = ", ".join(DOCUMENT_EXTENSIONS)
            raise UnsupportedFormat(
                en=f"The archive has no document in it; supported are {known}.",
                zh=f"压缩包中没有文档；支持的格式有 {known}。",
            )
        yield first
        yield from found


def _expand_members(container: ZipFile, members: dict[str, ZipInfo]) -> Iterator[Member]:
    def read(path: str) -> bytes:
        return read_member(container, members[path])

    if (root := slack.find_root(members)) is not None:
        for path, title, data in slack.write_channels(root, members, read):
            yield Member(path, data, title)
        return
    names = notion.shorten_names(members) if notion.is_export(members) else {}
    is_confluence = confluence.is_export(members, read)
    left_out: list[str] = []
    for path, info in members.items():
        if notion.is_left_out(path, members) or (is_confluence and confluence.is_left_out(path)):
            continue
        shown = names.get(path, path)
        if extension_of(path) in _MEDIA or (is_confluence and confluence.is_attachment(path)):
            left_out.append(shown)
            continue
        try:
            _check_member(path, info)
            content = read(path)
        except DocumentError as error:
            yield Member(shown, error=error)
            continue
        yield Member(shown, notion.tidy_page(path, content) if names else content)
    if left_out:
        yield Member(left_out[0], error=_not_read(left_out), left_out=len(left_out))


def _not_read(paths: Sequence[str]) -> UnsupportedFormat:
    names = [display(PurePosixPath(path).name) for path in paths[:_NAMED_FILES]]
    rest = len(paths) - len(names)
    more, more_zh = (f" and {rest:,} more", f"等 {len(paths):,} 个") if rest else ("", "")
    return UnsupportedFormat(
        en=f"Pictures, recordings and attachments in an archive are not read: {', '.join(names)}{more}.",
        zh=f"不读取压缩包中的图片、音视频和附件：{'、'.join(names)}{more_zh}。",
    )


def _check_member(path: str, info: ZipInfo) -> None:
    if is_archive(path):
        raise UnsupportedFormat(
            en=f"{display(path)} is an archive within the archive; unpack it first.",
            zh=f"{display(path)} 是压缩包中的压缩包，请先解压。",
        )
    if extension_of(path) not in DOCUMENT_EXTENSIONS:
        raise unsupported(PurePosixPath(path).name)
    if info.file_size > MAX_BYTES:
        raise DocumentTooLarge(
            en=f"{display(path)} has {info.file_size / 2**20:.1f} MB; the limit is {MAX_BYTES // 2**20} MB.",
            zh=f"{display(path)} 大小为 {info.file_size / 2**20:.1f} MB，上限为 {MAX_BYTES // 2**20} MB。",
        )


def _find_path(info: ZipInfo) -> str | None:
    """Return a member's path without what leads out of the archive, None for what is no content."""
    parts = [part for part in _decode_name(info).replace("\\", "/").split("/") if part.strip(". ")]
    is_hidden = any(part.startswith((".", "~$")) or part.lower() in _JUNK for part in parts)
    path = clean("/".join(parts)).strip()
    if info.is_dir() or is_hidden or not path or extension_of(path) in _DECORATION:
        return None
    return path


def _decode_name(info: ZipInfo) -> str:
    """Decode a name that is not marked as UTF-8: many programs write it in UTF-8 or GBK all the same."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    if raw.isascii():
        return info.filename
    try:
        return decode(raw, declared=None).text
    except DocumentError:
        return info.filename
