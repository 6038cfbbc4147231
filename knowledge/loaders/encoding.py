"""Decoding of text files, which seldom say in which encoding they are."""

import re
from collections import Counter
from typing import NamedTuple
from unicodedata import category

from knowledge.documents import Notice
from knowledge.errors import UnreadableDocument, UnsupportedFormat
from knowledge.language import HAN, to_simplified
from knowledge.loaders.document import without_text

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_KANA_RUN = re.compile("[\u3041-\u3096\u30a1-\u30fc]{2,}")
_HAN_OR_PUNCTUATION = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef]")
_SAMPLE_CHARACTERS = 4000
_LEAST_WORD_SHARE = 0.3
_UNSURE_BELOW = 0.45


class Decoded(NamedTuple):
    """A text, and a warning where its encoding is a guess that may be wrong."""

    text: str
    warnings: tuple[Notice, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Decode bytes of unknown encoding.

    In this order: a byte order mark, UTF-16 recognised by its zero bytes, UTF-8, the declared encoding, the
    East Asian encodings (GB18030, Big5, UTF-16, Shift JIS) told apart by how much of the result is made of
    dictionary words, which works on a few characters, and last whatever charset-normalizer finds.

    Args:
        data: The bytes.
        declared: An encoding that the document itself names, e.g. in an HTML meta tag.

    Raises:
        DocumentWithoutText: There is nothing but white space and zeros.
        UnsupportedFormat: It is not text.
        UnreadableDocument: It is text, but damaged or of several encodings.
    """
    if not data.strip(b"\x00\t\n\r\x0b\x0c "):
        raise without_text()
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return Decoded(_require_text(_decode_marked(data, encoding)))
    if b"\x00" in data[:8192] and (wide := _decode_wide(data)) is not None:
        return Decoded(_require_text(wide))
    for encoding in filter(None, ("utf-8", declared)):
        if (text := _try_decode(data, encoding)) is not None:
            return Decoded(_require_text(text))
    decoded = _decode_legacy(data)
    return Decoded(_require_text(decoded.text), decoded.warnings)


def _require_text(text: str) -> str:
    sample = text[:65536]
    counts = Counter(sample).items()
    unlikely = sum(count for character, count in counts if category(character) in ("Cn", "Co", "Cs"))
    if len(_CONTROL.findall(sample)) > len(sample) * 0.01 + 3 or unlikely > len(sample) * 0.02 + 3:
        raise _not_text()
    return text


def _not_text() -> UnsupportedFormat:
    return UnsupportedFormat(
        en="The content is not text: it has characters that no text has, so it is likely a binary file.",
        zh="内容不是文本：含有文本中不会出现的字符，很可能是二进制文件。",
    )


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        _require_text(data.decode(encoding, errors="replace"))
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
    if max(even, odd) < 0.4 * len(data[:8192]) / 2 and _try_decode(data, "utf-8") is not None:
        return None  # narrow text with zeros strewn in
    readable = sum(c.isalnum() or c.isspace() or c.isprintable() for c in text[:_SAMPLE_CHARACTERS])
    return text if readable > 0.97 * min(len(text), _SAMPLE_CHARACTERS) else None


def _decode_legacy(data: bytes) -> Decoded:
    _refuse_damaged_utf8(data)
    candidates = [
        (_measure_word_share(text), -order, text, encoding)
        for order, encoding in enumerate(("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "cp932"))
        if (text := _try_decode(data, encoding)) is not None
    ]
    if candidates and (best := max(candidates))[0] >= _LEAST_WORD_SHARE:
        share, _, text, encoding = best
        unsure = share < _UNSURE_BELOW or encoding == "cp932"
        return Decoded(text, (_warn(encoding),) if unsure else ())
    from charset_normalizer import from_bytes

    matches = from_bytes(data)
    western = next((match for match in matches if "cp1252" in match.could_be_from_charset), None)
    match = western or matches.best()
    if match is None:
        raise UnsupportedFormat(
            en="The content cannot be decoded as text: it is in no known encoding. Save it as UTF-8.",
            zh="内容无法解码为文本：不属于任何已知编码。请另存为 UTF-8。",
        )
    return Decoded(str(match), () if western else (_warn(match.encoding),))


def _warn(encoding: str) -> Notice:
    return Notice(
        en=f"The encoding is unsure: the text was read as {encoding}. If it looks wrong, save it as UTF-8.",
        zh=f"编码不确定：已按 {encoding} 读取。如文字有误，请另存为 UTF-8。",
    )


def _refuse_damaged_utf8(data: bytes) -> None:
    """Raise rather than read UTF-8 with damage, or with parts in another encoding, as if it were that one."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    multibyte = sum(character > "\x7f" for character in text) - damaged
    han = sum(map(len, _HAN_RUN.findall(text)))
    if multibyte > 5 * damaged or (han >= 10 and han * 10 > damaged):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _undecodable("UTF-8", error.start) from error


def _measure_word_share(text: str) -> float:
    """Share of the text's letters beyond ASCII that belong to words of two characters or more."""
    import rjieba

    sample = text[:_SAMPLE_CHARACTERS]
    foreign = sum(character > "\x7f" for character in sample)
    runs = [to_simplified(run) for run in _HAN_RUN.findall(sample)]
    in_words = sum(len(word) for run in runs for word in rjieba.cut(run, hmm=False) if len(word) > 1)
    in_words += sum(map(len, _KANA_RUN.findall(sample)))
    punctuation = len(_HAN_OR_PUNCTUATION.findall(sample)) - sum(map(len, runs))
    return in_words / max(foreign - punctuation, 1)
