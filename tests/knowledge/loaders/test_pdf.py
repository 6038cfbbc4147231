from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfWriter

from knowledge.errors import (
    DocumentError,
    DocumentTooLarge,
    DocumentWithoutText,
    EncryptedDocument,
    UnreadableDocument,
    UnsupportedFormat,
)
from knowledge.intake.preparation import prepare
from knowledge.loaders import load_document
from tests.knowledge.loaders.pdf_files import Rule, Text, assemble, grid, stream, write_pdf

_EN = (
    "Dormant users are those who have not opened the app for more than thirty",
    "days. To win them back, the team sends a personal discount and remem-",
    "bers what they read last.",
)
_ZH = (
    "沉默用户是指超过三十天没有打开应用的用户。召回之前先按价值分层，再选择触",
    "达的渠道，最后复盘每一次召回的效果与成本。",
)


def handbook() -> bytes:
    def page(number: int, body: list[Text | Rule]) -> list[Text | Rule]:
        head, foot = Text(72, 40, "Acme Operations Handbook", 9), Text(290, 810, f"Page {number} of 3", 9)
        return [head, *body, foot]

    first = [
        Text(72, 80, "Win-back handbook", 22),
        Text(72, 120, "1 Dormant users", 15),
        *(Text(72, 145 + 14 * i, line) for i, line in enumerate(_EN)),
        *grid(72, 220, [["Channel", "Cost"], ["SMS", "0.05"], ["E-mail", "0|1"]]),
        Text(72, 350, "Steps", bold=True),
        Text(72, 370, "1. Segment the users"),
        Text(72, 384, "2. Choose the channel"),
        Text(72, 420, "This sentence goes on over the page since it has not yet come to its full and"),
    ]
    second = [
        Text(72, 80, "proper end."),
        Text(72, 110, "二、分层与触达", 15),
        *(Text(72, 135 + 16 * i, line, 12) for i, line in enumerate(_ZH)),
        *grid(72, 700, [["渠道", "成本"], ["短信", "0.05"]]),
    ]
    third = [*grid(72, 80, [["渠道", "成本"], ["邮件", "0.01"]]), Text(72, 200, "The end of it all.")]
    return write_pdf([page(i, body) for i, body in enumerate([first, second, third], start=1)])


def test_reads_as_an_editor_would_write_it() -> None:
    loaded = load_document("a.pdf", handbook())
    assert loaded.title == "Win-back handbook"
    assert loaded.text == (
        "# Win-back handbook\n\n## 1 Dormant users\n\n"
        "Dormant users are those who have not opened the app for more than thirty days. To win them back, the "
        "team sends a personal discount and remembers what they read last.\n\n"
        "| Channel | Cost |\n| --- | --- |\n| SMS | 0.05 |\n| E-mail | 0\\|1 |\n\n"
        "### Steps\n\n1. Segment the users\n2. Choose the channel\n\n"
        "This sentence goes on over the page since it has not yet come to its full and proper end.\n\n"
        f"## 二、分层与触达\n\n{''.join(_ZH)}\n\n"
        "| 渠道 | 成本 |\n| --- | --- |\n| 短信 | 0.05 |\n| 邮件 | 0.01 |\n\n"
        "The end of it all."
    )


def _body(number: int, lines: int = 4) -> list[Text | Rule]:
    texts = ("users came back", "orders were sent", "coupons were used", "letters went out")
    return [
        Text(72, 100 + 14 * i, f"In week {number} many {texts[i]}, more than before.") for i in range(lines)
    ]


def _heads_of_left_and_right(number: int) -> list[Text | Rule]:
    return [
        Text(72, 40, "Acme Handbook" if number % 2 else "Part Two: Recall", 9),
        Text(300, 810, str(number), 9),
    ]


def _three_lines_of_head(number: int) -> list[Text | Rule]:
    lines = ("Acme Ltd. Confidential", "Operations", "Version 3 of May")
    return [Text(72, 30 + 12 * i, line, 9) for i, line in enumerate(lines)] + [
        Text(72, 810, f"- {number} -", 9)
    ]


@pytest.mark.parametrize("margins", [_heads_of_left_and_right, _three_lines_of_head])
@pytest.mark.parametrize("pages", [2, 6])
def test_running_lines_are_left_out(margins: Callable[[int], list[Text | Rule]], pages: int) -> None:
    numbers = range(1, pages + 1)
    same = margins if pages > 2 else lambda number: margins(1)
    bare = load_document("a.pdf", write_pdf([_body(n) for n in numbers])).text
    assert load_document("a.pdf", write_pdf([[*same(n), *_body(n)] for n in numbers])).text == bare


def test_a_cover_keeps_its_title_and_short_pages_their_text() -> None:
    cover = [Text(150, 300, "Annual Plan", 30), Text(150, 350, "2026", 18)]
    pages = [
        [Text(72, 40, "Annual Plan", 9), Text(72, 100, f"Section {n} says what we do in quarter {n}."), Text(300, 810, str(n))]
        for n in range(1, 5)
    ]  # fmt: skip
    loaded = load_document("a.pdf", write_pdf([cover, *pages]))
    assert loaded.title == "Annual Plan"
    assert loaded.text.count("Annual Plan") == 1
    assert "# Annual Plan\n\n2026\n\nSection 1" in loaded.text
    assert all(f"Section {n} says what we do in quarter {n}." in loaded.text for n in range(1, 5))


def test_slides_keep_their_titles() -> None:
    slides = [
        [Text(72, 60, "Agenda", 28), Text(72, 120, f"Point {n} of the plan is this one.")] for n in range(4)
    ]
    assert load_document("a.pdf", write_pdf(slides)).text.count("# Agenda") == 4


def test_what_pages_have_in_common_may_be_text() -> None:
    heads = [Text(72, 100, "Channel"), Text(200, 100, "Cost")]
    rows = [[Text(72, 114, f"Channel {n}"), Text(200, 114, f"{n}.5")] for n in (1, 2)]
    text = load_document("a.pdf", write_pdf([[*heads, *row, Text(72, 160, "End.")] for row in rows])).text
    assert text.count("Cost") == 2
    year = [Text(72, 80, "2024"), Text(72, 140, "was the year in which we started to write letters.")]
    assert "2024" in load_document("a.pdf", write_pdf([year])).text


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        (None, "Costs of channels in May"),
        ("Microsoft Word - costs.doc", "Costs of channels in May"),
        ("C:\\plans\\costs", "Costs of channels in May"),
        ("costs_final.indd", "Costs of channels in May"),
        ("Document1", "Costs of channels in May"),
        ("Channel costs", "Channel costs"),
    ],
)
def test_the_title_is_stated_or_the_first_line(stated: str | None, title: str) -> None:
    page = [Text(72, 80, "Costs of channels in May"), *_body(1)]
    loaded = load_document("a.pdf", write_pdf([page[:1] + page[2:]], title=stated))
    assert loaded.title == title


def test_passages_know_their_page() -> None:
    prepared = prepare("a.pdf", handbook())
    pages = dict(zip((passage.section[-1] for passage in prepared.passages), prepared.pages, strict=True))
    assert pages == {"1 Dormant users": 1, "Steps": 1, "二、分层与触达": 2}


def _with_pages(pages: bytes) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return assemble([b"<</Type/Catalog/Pages 2 0 R>>", pages, page, stream(b"BT /F 9 Tf (x) Tj ET"), font])


def _encrypted(password: str) -> bytes:
    writer = PdfWriter(BytesIO(write_pdf([[Text(72, 72, "secret plan")]])))
    writer.encrypt(password, owner_password="owner", algorithm="AES-256")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_document_that_only_forbids_printing_is_read() -> None:
    assert load_document("a.pdf", _encrypted("")).text == "secret plan"


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (_encrypted("key"), EncryptedDocument, "password"),
        (
            assemble([b"<<>>"], trailer=b"/Encrypt<</Filter/Standard/V 4/R 4/O(x)/U(x)/P -4>>"),
            EncryptedDocument,
            "password",
        ),
        (write_pdf([[Rule(0, 0, 9, 9)]]), DocumentWithoutText, "no text layer"),
        (_with_pages(b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), UnreadableDocument, "damaged"),
        (
            _with_pages(b"<</Type/Pages/Kids[" + b"3 0 R " * 2_001 + b"]/Count 1>>"),
            DocumentTooLarge,
            "2,000 pages",
        ),
        (_with_pages(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")[:200], UnreadableDocument, "damaged"),
        (assemble([stream(b" " * (60 << 20))]), DocumentTooLarge, "Unpacked"),
        (assemble([stream(b" " * (60 << 20), layers=3)]), DocumentTooLarge, "Unpacked"),
        (b"GIF89a" + write_pdf([[Text(9, 9, "x")]]), UnsupportedFormat, "GIF"),
        (b"MZ\x90\x00" + bytes(200), UnsupportedFormat, "Windows program"),
        (b"just words", UnsupportedFormat, "not a PDF"),
    ],
)
def test_refuses_what_cannot_be_read(data: bytes, error: type[DocumentError], words: str) -> None:
    with pytest.raises(error, match=words):
        load_document("a.pdf", data)


def test_only_the_text_of_active_content_is_read() -> None:
    page = _with_pages(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    active = page.replace(b"/Pages 2 0 R", b"/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>", 1)
    assert load_document("a.pdf", active).text == "x"
