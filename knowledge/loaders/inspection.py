"""Cheap checks before a parser sees a file: what the content is, and whether unpacking it is safe."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Literal
from zipfile import BadZipFile, ZipFile, ZipInfo

from knowledge.errors import (
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    UnreadableDocument,
    UnsupportedFormat,
    display,
)

Content = Literal["text", "pdf", "zip"]

MAX_UNPACKED = 200 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_RATIO = 100
_RATIO_MATTERS_FROM = 10 * 1024 * 1024
_BLOCK = 1 << 20
_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP/Office"),
    (b"PK\x05\x06", "ZIP/Office"),
    (b"\xd0\xcf\x11\xe0", "Office 97"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3\x00", "SQLite"),
)
_EXPECTED = {"text": None, "pdf": "PDF", "zip": "ZIP/Office"}
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_ENTITIES = re.compile(
    rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O\0C\0T|E\0N\0T\0I)|\0<\0!\0(?:D\0O\0C|E\0N\0T)", re.DOTALL
)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_STREAM_HEAD = 600


def check_content(data: bytes, expected: Content) -> None:
    """Check that a file's content is what its name says.

    Raises:
        EmptyDocument: There are no bytes.
        EncryptedDocument: It is an Office file that needs a password.
        UnsupportedFormat: It is something else.
    """
    if not data:
        raise EmptyDocument(en="The document is empty.", zh="文档是空的。")
    found = _identify(data)
    if found == _EXPECTED[expected]:
        return
    if found == "Office 97" and _ENCRYPTED_OFFICE in data:
        raise encrypted()
    if expected == "text":
        raise UnsupportedFormat(
            en=f"The content is not text but a binary file ({found}).",
            zh=f"内容不是文本，而是二进制文件（{found}）。",
        )
    right = "a PDF" if expected == "pdf" else "what its extension says"
    other, other_zh = (f"but {found}", f"而是 {found}") if found else ("", "")
    raise UnsupportedFormat(
        en=f"The content is not {right}{' ' + other if other else ''}; give the file its right extension.",
        zh=f"内容与扩展名不符{('，' + other_zh) if other_zh else ''}；请使用正确的扩展名。",
    )


def _identify(data: bytes) -> str | None:
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data.startswith(b"MZ") and b"\x00" in data[:64]:
        return "Windows program"
    return "PDF" if data[:1024].lstrip().startswith(b"%PDF-") else None


def encrypted() -> EncryptedDocument:
    """Return the error for a document that opens only with a password."""
    return EncryptedDocument(
        en="The document is encrypted and cannot be read without its password; save it without one.",
        zh="文档已加密，没有密码无法读取；请另存为不加密的文件。",
    )


def damaged() -> UnreadableDocument:
    """Return the error for a file whose structure is broken."""
    return UnreadableDocument(
        en="The file is damaged or incomplete and cannot be read. Save or export it anew.",
        zh="文件已损坏或不完整，无法读取。请重新保存或导出。",
    )


def open_zip(data: bytes) -> ZipFile:
    """Open a ZIP container whose members unpack to a bounded size.

    Raises:
        UnreadableDocument: It is broken.
        EncryptedDocument: A member is encrypted.
        DocumentTooLarge: Too many members, too much to unpack, or packed so tightly that it must be a bomb.
    """
    try:
        container = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged() from error
    members = container.infolist()
    if len(members) > MAX_MEMBERS:
        raise DocumentTooLarge(
            en=f"The file consists of {len(members):,} parts; the limit is {MAX_MEMBERS:,}.",
            zh=f"文件由 {len(members):,} 个部分组成，上限为 {MAX_MEMBERS:,} 个。",
        )
    if sum(member.file_size for member in members) > MAX_UNPACKED or any(map(_is_bomb, members)):
        raise unpacks_to_too_much()
    if any(member.flag_bits & 1 for member in members):
        raise encrypted()
    return container


def _is_bomb(member: ZipInfo) -> bool:
    return member.file_size > _RATIO_MATTERS_FROM and member.file_size > MAX_RATIO * max(
        member.compress_size, 1
    )


def unpacks_to_too_much() -> DocumentTooLarge:
    """Return the error for compressed content that is too large."""
    limit = MAX_UNPACKED // 2**20
    return DocumentTooLarge(
        en=f"Unpacked, the file is too large: the limit is {limit} MB, and {MAX_RATIO} times the packed size.",
        zh=f"文件解压后过大：上限为 {limit} MB，且不得超过压缩大小的 {MAX_RATIO} 倍。",
    )


def read_member(container: ZipFile, member: ZipInfo) -> bytes:
    """Read a member. Its declared size, which `open_zip` checked, is the most that is unpacked.

    Raises:
        UnreadableDocument: The member is broken or its declared size is a lie.
    """
    return b"".join(_read_blocks(container, member))


def _read_blocks(container: ZipFile, member: ZipInfo) -> Iterator[bytes]:
    try:
        with container.open(member) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise damaged() from error


def check_office(data: bytes) -> None:
    """Check the container and the XML parts of an Office file.

    Raises:
        UnreadableDocument: A part declares entities, which no Office program does and which can swallow text
            or memory; or the container is broken.
        DocumentTooLarge: As `open_zip`.
    """
    with open_zip(data) as container:
        for member in container.infolist():
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                _refuse_entities(container, member)


def _refuse_entities(container: ZipFile, member: ZipInfo) -> None:
    tail = b""
    for block in _read_blocks(container, member):
        if _ENTITIES.search(tail + block):
            raise UnreadableDocument(
                en=f"The part {display(member.filename)} declares XML entities, which are not accepted.",
                zh=f"文件中的 {display(member.filename)} 声明了 XML 实体，不予接受。",
            )
        tail = block[-32:]


def check_pdf_streams(data: bytes) -> None:
    """Check that the streams of a PDF, images aside, unpack to a bounded size.

    Raises:
        DocumentTooLarge: They do not.
    """
    total = 0
    for match in _STREAM.finditer(data):
        head = data[max(match.start() - _STREAM_HEAD, 0) : match.start()].rpartition(b" obj")[2]
        if b"/Fl" not in head or b"/Image" in head:
            continue
        total += _measure_unpacked(memoryview(data)[match.end() :], MAX_UNPACKED // 4)
        if total > MAX_UNPACKED:
            raise unpacks_to_too_much()


def _measure_unpacked(stream: memoryview, limit: int) -> int:
    """Unpack a stream layer by layer, as far as it is deflated again and again."""
    packed: bytes | memoryview = stream
    size = 0
    while packed:
        unpacker = zlib.decompressobj()
        try:
            unpacked = unpacker.decompress(packed, limit)
        except zlib.error:
            return size
        size = len(unpacked)
        used = len(packed) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
        if size >= limit or (size > _RATIO_MATTERS_FROM and size > MAX_RATIO * used):
            raise unpacks_to_too_much()
        packed = unpacked
    return size
