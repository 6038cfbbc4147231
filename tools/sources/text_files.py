"""Text as people export it: any usual encoding, delimiter and compression, brought to plain UTF-8."""

import codecs
import csv
import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tools.errors import SourceUnavailable, show

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 200_000
#: What more than these share of the letters of a Chinese text are, and of nothing else that passes as GB 18030.
_HAN = re.compile("[一-鿿]")
_BLANKS = re.compile(r"[ \t]+")
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of delimited text.

    Attributes:
        path: the file.
        encoding: a codec of Python.
        delimiter: between its cells; a blank is any run of blanks.
        header: names of its columns.
    """

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether an engine can read it as it is."""
        return self.encoding in ("utf-8", "utf-8-sig") and self.delimiter != " "

    def write_plain(self, folder: Path, position: int) -> "TextFile":
        """Write it as UTF-8 with a delimiter of one character into a folder."""
        target = folder / f"{position}.csv"
        with (
            open_bytes(self.path) as stream,
            io.TextIOWrapper(stream, self.encoding, newline="") as text,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            for line in text:
                out.write(_BLANKS.sub(",", line.strip(" ")) if self.delimiter == " " else line)
        delimiter = "," if self.delimiter == " " else self.delimiter
        return TextFile(target, "utf-8", delimiter, self.header)


@contextmanager
def open_bytes(path: Path) -> "Iterator[BinaryIO]":
    """Open a file, unpacked if its name ends in .gz."""
    with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as stream:
        yield stream  # type: ignore[misc]


def inspect_text(
    name: str, path: Path, *, encoding: str | None, delimiter: str | None, repeats: bool = False
) -> TextFile:
    """Find out how a file of delimited text is written.

    Args:
        name: of the source.
        path: the file.
        encoding, delimiter: where they are declared.
        repeats: whether columns may share a name.

    Raises:
        SourceUnavailable: it is empty or not text, its encoding is not known or not the one declared, it has a
            column without a name or two of one name.
    """
    encoding = _check_encoding(name, path, encoding) if encoding else _detect_encoding(name, path)
    with open_bytes(path) as stream, io.TextIOWrapper(stream, encoding, newline="") as text:
        first = next((line for line in text if line.strip()), "")
    if not first:
        raise SourceUnavailable(
            en=f"Source {name}: {show(path.name)} is empty.",
            zh=f"数据源 {name}：{show(path.name)} 是空文件。",
            parameter="path",
        )
    delimiter = delimiter or _detect_delimiter(first)
    cells = first.split() if delimiter == " " else next(csv.reader([first], delimiter=delimiter))
    header = tuple(cell.strip() for cell in cells)
    if not repeats:
        check_header(name, path.name, header)
    return TextFile(path, encoding, delimiter, header)


def check_header(name: str, file: str, header: tuple[str, ...]) -> None:
    """Refuse two columns that share a name; engines do not tell upper and lower case apart in names.

    Raises:
        SourceUnavailable: naming the first such column.
    """
    seen: dict[str, str] = {}
    for column in header:
        if column and column.lower() in seen:
            other = seen[column.lower()]
            raise SourceUnavailable(
                en=f"Source {name}: {show(file)} has two columns of the same name, {show(other)} and {show(column)} "
                "(upper and lower case count as the same); rename one.",
                zh=f"数据源 {name}：{show(file)} 中有两列同名：{show(other)} 与 {show(column)}（不区分大小写），"
                "请改名其中一列。",
                parameter="path",
            )
        seen[column.lower()] = column


def _detect_encoding(name: str, path: Path) -> str:
    with open_bytes(path) as stream:
        sample = stream.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    if sample[1:400:2].count(0) > len(sample[:400]) // 4:
        return "utf-16-le"
    if b"\0" in sample:
        raise SourceUnavailable(
            en=f"Source {name}: {show(path.name)} is not a text file.",
            zh=f"数据源 {name}：{show(path.name)} 不是文本文件。",
            parameter="path",
        )
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030") and _looks_chinese(sample.decode("gb18030", "ignore")):
        return "gb18030"
    raise SourceUnavailable(
        en=f"Source {name}: the encoding of {show(path.name)} is neither UTF-8, UTF-16 nor GB 18030; "
        "name it, e.g. encoding: cp1252 or encoding: big5.",
        zh=f"数据源 {name}：{show(path.name)} 的编码不是 UTF-8、UTF-16 或 GB 18030，请写明编码，"
        "例如 encoding: big5 或 encoding: cp1252。",
        parameter="encoding",
    )


def _check_encoding(name: str, path: Path, encoding: str) -> str:
    if _decodes(path, encoding):
        return encoding
    raise SourceUnavailable(
        en=f"Source {name}: {show(path.name)} is not written in {encoding}; leave `encoding` out to have it detected.",
        zh=f"数据源 {name}：{show(path.name)} 的编码不是 {encoding}；可去掉 encoding，由系统自动识别。",
        parameter="encoding",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with open_bytes(path) as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _looks_chinese(text: str) -> bool:
    foreign = [c for c in text if not c.isascii()]
    return bool(foreign) and len(_HAN.findall("".join(foreign))) > len(foreign) / 2


def _detect_delimiter(line: str) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(_DELIMITERS, key=bare.count)
    if bare.count(best):
        return best
    return " " if _BLANKS.search(bare.strip()) else ","
