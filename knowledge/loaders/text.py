"""Plain text, and the decoding that all text formats share."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.errors import DocumentTooLarge, UnreadableDocument
from knowledge.language import HAN, to_simplified

MAX_BYTES = 20 * 1024 * 1024

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_BINARY_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP/Office"),
    (b"PK\x05\x06", "ZIP"),
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
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_HAN_OR_PUNCTUATION = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef]")
_SAMPLE_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document's cleaned text and what it says of itself.

    Attributes:
        text: Cleaned body, without front matter.
        markup: How its headings, lists and tables are written.
        title: Its own title, None where it has none.
        metadata: Validated front matter; see `loaders.metadata`.
        warnings: What was ignored.
    """

    text: str
    markup: Literal["markdown", "plain"]
    title: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()


def load_text(data: bytes) -> LoadedDocument:
    """Read plain text."""
    return LoadedDocument(text=require_content(clean(decode(data))), markup="plain")


def check_size(size: int) -> None:
    """Raise DocumentTooLarge when `size` bytes are more than the limit of 20 MB."""
    if size > MAX_BYTES:
        raise DocumentTooLarge(
            en=f"The document has {size / 2**20:.1f} MB; the limit is {MAX_BYTES // 2**20} MB.",
            zh=f"文档大小为 {size / 2**20:.1f} MB，上限为 {MAX_BYTES // 2**20} MB。",
        )


def require_content(text: str) -> str:
    """Return the text, or raise UnreadableDocument when nothing of it can be seen."""
    if not any(character.isalnum() for character in text):
        raise UnreadableDocument(
            en="The document has no text: not one letter, digit or Chinese character.",
            zh="文档中没有文字：没有任何字母、数字或汉字。",
        )
    return text


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Decode bytes of unknown encoding.

    In this order: a byte order mark, UTF-16 recognised by its zero bytes, UTF-8, the declared encoding, the
    Chinese encodings (GB18030, Big5, UTF-16) told apart by how much of the result is made of dictionary
    words, which works on a few characters, and last whatever charset-normalizer finds.

    Args:
        data: The bytes.
        declared: An encoding that the document itself names, e.g. in an HTML meta tag.

    Raises:
        UnreadableDocument: It is empty, binary, or in no encoding that yields text.
    """
    if not data.strip(b"\x00\t\n\r\x0b\x0c "):
        raise UnreadableDocument(en="The document is empty.", zh="文档是空的。")
    _refuse_binary(data)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _check_characters(_decode_strictly(data, encoding))
    if b"\x00" in data[:8192] and (wide := _decode_wide(data)) is not None:
        return wide
    for encoding in filter(None, ("utf-8", declared)):
        if (text := _try_decode(data, encoding)) is not None:
            return _check_characters(text)
    return _check_characters(_decode_legacy(data))


def _refuse_binary(data: bytes) -> None:
    for signature, name in _BINARY_SIGNATURES:
        if data.startswith(signature):
            raise UnreadableDocument(
                en=f"The content is not text but a binary file ({name}).",
                zh=f"内容不是文本，而是二进制文件（{name}）。",
            )


def _check_characters(text: str) -> str:
    sample = text[:65536]
    if len(_CONTROL.findall(sample)) > len(sample) * 0.01 + 3:
        raise UnreadableDocument(
            en="The content is not text: it has too many control characters, so it is likely a binary file.",
            zh="内容不是文本：控制字符过多，很可能是二进制文件。",
        )
    return text


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(encoding, error.start) from error


def _undecodable(encoding: str, position: int) -> UnreadableDocument:
    return UnreadableDocument(
        en=f"The text cannot be decoded: it looks like {encoding} but byte {position} does not belong there. "
        "Save it as UTF-8.",
        zh=f"文本无法解码：看起来是 {encoding} 编码，但第 {position} 个字节不合规。请另存为 UTF-8。",
    )


def _decode_wide(data: bytes) -> str | None:
    """Decode UTF-16 without a mark: in text, zero bytes stand at even places only or at odd places only."""
    even, odd = data[0:8192:2].count(0), data[1:8192:2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = _try_decode(data, encoding)
    if text is None or min(even, odd) > 0.05 * max(even, odd):
        return None
    readable = sum(c.isalnum() or c.isspace() or c.isprintable() for c in text[:_SAMPLE_CHARACTERS])
    return text if readable > 0.97 * min(len(text), _SAMPLE_CHARACTERS) else None


def _decode_legacy(data: bytes) -> str:
    _refuse_damaged_utf8(data)
    candidates = [
        (_measure_word_share(text), -order, text)
        for order, encoding in enumerate(("gb18030", "big5hkscs", "utf-16-le", "utf-16-be"))
        if (text := _try_decode(data, encoding)) is not None
    ]
    if candidates and (best := max(candidates))[0] >= 0.3:
        return best[2]
    from charset_normalizer import from_bytes

    matches = from_bytes(data)
    western = (match for match in matches if "cp1252" in match.could_be_from_charset)
    match = next(western, matches.best())
    if match is None:
        raise UnreadableDocument(
            en="The text cannot be decoded: it is in no known encoding. Save it as UTF-8.",
            zh="文本无法解码：不属于任何已知编码。请另存为 UTF-8。",
        )
    return str(match)


def _refuse_damaged_utf8(data: bytes) -> None:
    """Raise rather than read UTF-8 with a few damaged bytes as if it were another encoding."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    multibyte = sum(character > "\x7f" for character in text) - damaged
    if multibyte > 5 * damaged:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _undecodable("UTF-8", error.start) from error


def _measure_word_share(text: str) -> float:
    """Share of the text's letters beyond ASCII that belong to Chinese words of two characters or more."""
    import rjieba

    sample = text[:_SAMPLE_CHARACTERS]
    foreign = sum(character > "\x7f" for character in sample)
    runs = [to_simplified(run) for run in _HAN_RUN.findall(sample)]
    in_words = sum(len(word) for run in runs for word in rjieba.cut(run, hmm=False) if len(word) > 1)
    punctuation = len(_HAN_OR_PUNCTUATION.findall(sample)) - sum(map(len, runs))
    return in_words / max(foreign - punctuation, 1)
