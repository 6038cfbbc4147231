"""What parent and child process say to each other: JSON with blobs, each with its length before it. Never pickle."""

import json
import struct
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, BinaryIO

from knowledge.cleaning import Alignment
from knowledge.documents import Notice
from knowledge.errors import DocumentError, ParserFailed
from knowledge.intake.chunking import Passage
from knowledge.intake.preparation import Prepared

Message = tuple[dict[str, Any], list[bytes]]
"""A head and its blobs."""

_LENGTH = struct.Struct("<Q")
_LONGEST = 1 << 30
_PASSAGE_FIELDS = tuple(field.name for field in fields(Passage))


def write_message(stream: BinaryIO, head: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one message."""
    encoded = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
    stream.write(_LENGTH.pack(len(encoded)) + encoded)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_message(stream: BinaryIO) -> Message:
    """Read one message.

    Raises:
        EOFError: The other side has ended.
    """
    [length] = _LENGTH.unpack(_read_exactly(stream, _LENGTH.size))
    head = json.loads(_read_exactly(stream, length))
    return head, [_read_exactly(stream, size) for size in head["sizes"]]


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size) if 0 <= size <= _LONGEST else b""
    if len(data) != size:
        raise EOFError
    return data


def pack_prepared(prepared: Prepared) -> tuple[dict[str, Any], list[bytes]]:
    """Turn a prepared document into a message."""
    head = {
        "title": prepared.title,
        "metadata": {k: v.isoformat() if isinstance(v, date) else v for k, v in prepared.metadata.items()},
        "warnings": [(notice.en, notice.zh) for notice in prepared.warnings],
        "language": prepared.language,
        "passages": [[getattr(passage, name) for name in _PASSAGE_FIELDS] for passage in prepared.passages],
        "pages": prepared.pages,
        "languages": prepared.languages,
    }
    texts = [text.encode("utf-8", errors="replace") for text in (prepared.original, prepared.text)]
    return head, [*texts, prepared.alignment.to_bytes()]


def unpack_prepared(head: dict[str, Any], blobs: Sequence[bytes]) -> Prepared:
    """Turn a message back into a prepared document."""
    original, text, alignment = blobs
    return Prepared(
        title=head["title"],
        metadata=_restore_metadata(head["metadata"]),
        warnings=tuple(Notice(en, zh) for en, zh in head["warnings"]),
        language=head["language"],
        original=original.decode(),
        text=text.decode(),
        alignment=Alignment.from_bytes(alignment),
        passages=tuple(Passage(*map(_restore, values)) for values in head["passages"]),
        pages=tuple(head["pages"]),
        languages=tuple(head["languages"]),
    )


def _restore(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _restore_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    restored = {key: _restore(value) for key, value in metadata.items()}
    if "effective_date" in restored:
        restored["effective_date"] = date.fromisoformat(restored["effective_date"])
    return restored


def pack_error(error: DocumentError) -> dict[str, Any]:
    """Turn an error into the head of a message."""
    return {"code": error.code, "en": error.en, "zh": error.zh, "parameter": error.parameter}


def unpack_error(head: dict[str, Any]) -> DocumentError:
    """Turn the head of a message back into the error."""
    kind = _find_error(DocumentError, head["code"]) or ParserFailed
    return kind(en=head["en"], zh=head["zh"], parameter=head["parameter"])


def _find_error(family: type[DocumentError], code: str) -> type[DocumentError] | None:
    if family.code == code:
        return family
    found = (_find_error(member, code) for member in family.__subclasses__())
    return next((kind for kind in found if kind), None)
