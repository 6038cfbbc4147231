from email.message import EmailMessage

import pytest

from knowledge.errors import EmptyDocument
from knowledge.intake.preparation import prepare
from knowledge.loaders import load_document


def message(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"Subject": "召回方案 approved", "From": "李雷 <li@example.com>", **headers}.items():
        mail[name] = value
    return mail


def test_reads_who_wrote_what_and_the_attachments() -> None:
    mail = message(To="ops@example.com", Date="Mon, 02 Mar 2026 09:00:00 +0800")
    mail.set_content("同意预算。\n\n> 请批准 5,000 元。\n", charset="gb18030")
    mail.add_attachment("# 成本\n\n短信 0.05 元", subtype="markdown", filename="成本.md")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="chart.png")

    loaded = load_document("a.eml", mail.as_bytes())

    assert loaded.title == "召回方案 approved"
    assert loaded.text == (
        "# 召回方案 approved\n\nFrom: 李雷 <li@example.com>\nTo: ops@example.com\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0800\n\n同意预算。\n\n> 请批准 5,000 元。\n\n"
        "## 成本.md\n\n### 成本\n\n短信 0.05 元"
    )
    assert "chart.png" in loaded.warnings[0].en


def test_the_line_above_a_signature_is_no_heading() -> None:
    mail = message()
    mail.set_content("Budget approved.\n-- \nLi Lei\n")
    passages = prepare("a.eml", mail.as_bytes()).passages
    assert all("Budget approved." not in passage.section for passage in passages)


def test_reads_the_page_where_there_is_no_plain_text() -> None:
    mail = message()
    mail.set_content("<p>Budget <b>approved</b>.</p><script>steal()</script>", subtype="html")
    text = load_document("a.eml", mail.as_bytes()).text
    assert "approved" in text
    assert "steal" not in text


def test_an_unknown_charset_is_no_obstacle() -> None:
    raw = b"Subject: x\nContent-Type: text/plain; charset=klingon\n\n" + "预算已批准".encode("gbk")
    assert "预算已批准" in load_document("a.eml", raw).text


def test_refuses_what_is_no_message() -> None:
    with pytest.raises(EmptyDocument):
        load_document("a.eml", b"just some words")
