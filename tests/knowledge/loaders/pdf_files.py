"""PDFs written by hand: text of two standard fonts and one Chinese font, lines, and whatever structure is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import compress


@dataclass(frozen=True)
class Text:
    x: float
    y: float  # from the top
    text: str
    size: float = 11
    bold: bool = False


@dataclass(frozen=True)
class Rule:
    x0: float
    y0: float
    x1: float
    y1: float


HEIGHT, WIDTH = 842, 595


def assemble(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """Number the objects from 1, the first being the catalogue, and add the table of offsets."""
    data, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, trailer, len(data))
    )


def stream(content: bytes, *, layers: int = 1) -> bytes:
    for _ in range(layers):
        content = compress(content, 9)
    filters = b"/FlateDecode" * layers
    return b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(content), filters, content)


def write_pdf(pages: Sequence[Sequence[Text | Rule]], *, title: str | None = None) -> bytes:
    characters = sorted({c for page in pages for item in page if isinstance(item, Text) for c in item.text})
    mapping = "".join(f"<{ord(c):04x}> <{c.encode('utf-16-be').hex()}>\n" for c in characters)
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(characters)} beginbfchar\n{mapping}endbfchar endcmap end"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/STSong/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/DW 1000>>",
        stream(cmap.encode()),
        b"<</Title<feff%s>>>" % (title or "").encode("utf-16-be").hex().encode(),
    ]
    kids = []
    for page in pages:
        objects.append(stream("\n".join(map(_draw, page)).encode("latin-1")))
        contents = len(objects)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R/B 4 0 R/C 5 0 R>>>>>>" % (WIDTH, HEIGHT, contents)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return assemble(objects, trailer=b"/Info 8 0 R" if title else b"")


def _draw(item: Text | Rule) -> str:
    if isinstance(item, Rule):
        return f"{item.x0} {HEIGHT - item.y0} m {item.x1} {HEIGHT - item.y1} l S"
    if item.text.isascii():
        shown = item.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        font, operand = "B" if item.bold else "F", f"({shown})"
    else:
        font, operand = "C", "<" + "".join(f"{ord(c):04x}" for c in item.text) + ">"
    return f"BT /{font} {item.size} Tf {item.x} {HEIGHT - item.y} Td {operand} Tj ET"


def grid(
    x: float, y: float, rows: Sequence[Sequence[str]], *, width: float = 100, height: float = 20
) -> list[Text | Rule]:
    """Draw a ruled table."""
    right, bottom = x + width * len(rows[0]), y + height * len(rows)
    drawn: list[Text | Rule] = [Rule(x, y + i * height, right, y + i * height) for i in range(len(rows) + 1)]
    drawn += [Rule(x + i * width, y, x + i * width, bottom) for i in range(len(rows[0]) + 1)]
    for i, row in enumerate(rows):
        drawn += [Text(x + 4 + j * width, y + 14 + i * height, cell) for j, cell in enumerate(row)]
    return drawn
