from datetime import date
from random import Random

import pytest

from knowledge.errors import (
    DocumentError,
    DocumentTooLarge,
    DocumentWithoutText,
    EmptyDocument,
    InvalidFrontMatter,
    UnreadableDocument,
    UnsupportedFormat,
)
from knowledge.intake.preparation import prepare
from knowledge.loaders import MAX_BYTES, load_document
from knowledge.loaders.encoding import decode

SIMPLIFIED = "次日留存率下降"
TRADITIONAL = "顧客流失預警"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (SIMPLIFIED, e)
            for e in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
        ),
        *(
            (TRADITIONAL, e)
            for e in ("utf-8", "utf-8-sig", "big5", "gbk", "utf-16", "utf-16-le", "utf-16-be")
        ),
        *(("产品运营方案:提升ROI 30%\n分析原因,调整策略。", e) for e in ("gbk", "utf-16-le", "utf-32")),
        *(("Win back users.\n", e) for e in ("ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        ("运营", "gbk"),
        ("Café owners say déjà vu is naïve.", "cp1252"),
    ],
)
def test_decodes(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("a.md", b"", EmptyDocument, "empty"),
        ("a.md", b" \r\n\t ", DocumentWithoutText, "no text"),
        ("a.txt", b"--- ***", DocumentWithoutText, "no text"),
        ("a.md", "\u200b\ufeff".encode(), DocumentWithoutText, "no text"),
        ("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", UnsupportedFormat, "binary file (PNG)"),
        ("a.md", b"%PDF-1.7 ...", UnsupportedFormat, "binary file (PDF)"),
        ("a.txt", b"MZ\x90\x00" + bytes(200), UnsupportedFormat, "Windows program"),
        ("a.txt", b"hello\x00world\x00" * 1000, UnsupportedFormat, "not text"),
        ("a.txt", bytes(range(256)) * 20, UnsupportedFormat, "as text"),
        ("a.txt", b"\xff\xfe\x00\xd8" + Random(7).randbytes(4096), UnsupportedFormat, "not text"),
        (
            "a.txt",
            ("运营周报：日活 12.5 万。\n" * 50).encode() + ("运营周报：日活。\n" * 50).encode("gbk"),
            UnreadableDocument,
            "decoded",
        ),
        ("a.md", "留存率下降的原因".encode()[:-1], UnreadableDocument, "decoded"),
        ("a.md", ("运营" * 50).encode() + b"\xff" + "运营".encode(), UnreadableDocument, "byte 300"),
        ("a.exe", b"text", UnsupportedFormat, '"a.exe"'),
        ("noextension", b"\x89PNG\r\n\x1a\n\x00\x00", UnsupportedFormat, "PNG"),
        ("a.txt", b"x" * (MAX_BYTES + 1), DocumentTooLarge, "limit is 20 MB"),
        (
            "a.html",
            b"<html><body><script>var a = 1</script></body></html>",
            DocumentWithoutText,
            "no readable",
        ),
    ],
)
def test_refuses_what_cannot_be_read(name: str, data: bytes, error: type[DocumentError], words: str) -> None:
    with pytest.raises(error) as caught:
        load_document(name, data)
    assert words in str(caught.value)
    assert caught.value.in_language("zh") != str(caught.value)


def test_tells_when_the_encoding_is_a_guess() -> None:
    decoded = decode(("製品運用レポート\n" * 50).encode("shift_jis"))
    assert decoded.text.startswith("製品運用レポート")
    assert "cp932" in decoded.warnings[0].en
    assert not decode("产品运营周报".encode("gbk")).warnings


def test_words_that_begin_like_a_program_are_text() -> None:
    assert load_document("a.txt", b"MZ is a generation").text == "MZ is a generation"


def test_reads_front_matter() -> None:
    text = (
        "---\ntitle: 召回手册\ncollection: playbooks\nlanguage: zh-CN\nteams: [growth, crm]\ntags: 召回，沉默\n"
        "effective_date: 2026-03-01\nowner: 李雷\nsource_url: https://example.com/a\n---\n# 正文\n\n内容"
    )
    loaded = load_document("a.md", text.encode())
    assert loaded.metadata == {
        "title": "召回手册",
        "collection": "playbooks",
        "language": "zh-Hans",
        "teams": ("growth", "crm"),
        "tags": ("召回", "沉默"),
        "effective_date": date(2026, 3, 1),
        "owner": "李雷",
        "source_url": "https://example.com/a",
    }
    assert loaded.title == "召回手册"
    assert loaded.text == "# 正文\n\n内容"
    assert loaded.warnings == ()


def test_front_matter_values_stay_text() -> None:
    loaded = load_document("a.md", b"---\ntitle: 2026\nowner: yes\ntags: [1.10, no]\n---\nbody")
    assert loaded.metadata == {"title": "2026", "owner": "yes", "tags": ("1.10", "no")}


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("effective_date: 2026-13-01", "effective_date"),
        ("effective_date: next week", "effective_date"),
        ("teams: {a: 1}", "teams"),
        ("title: [a, b]", "title"),
        ("language: klingon", "language"),
        ("source_url: javascript:alert(1)", "source_url"),
        ("tags: [[a]]", "tags"),
    ],
)
def test_front_matter_error_names_the_key(line: str, key: str) -> None:
    with pytest.raises(InvalidFrontMatter) as caught:
        load_document("a.md", f"---\n{line}\n---\nbody".encode())
    assert caught.value.parameter == key
    assert key in caught.value.en
    assert key in caught.value.zh


def test_front_matter_that_is_no_yaml_names_the_line() -> None:
    with pytest.raises(InvalidFrontMatter, match="line 3"):
        load_document("a.md", b"---\ntitle: a\ntags: [b\n---\nbody")


def test_unknown_key_is_named_with_the_nearest() -> None:
    [warning] = load_document("a.md", b"---\ntitel: a\n---\nbody").warnings
    assert '"titel"' in warning.en
    assert "title" in warning.in_language("zh")


def test_a_rule_is_no_front_matter() -> None:
    assert load_document("a.md", b"text\n\n---\nmore: text\n---\n").metadata == {}


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    text = "---\n\n# 召回\n\n正文一：见下。\n\n---\n\n正文二。"
    loaded = load_document("a.md", text.encode())
    assert (loaded.text, loaded.metadata, loaded.warnings) == (text, {}, ())


def test_front_matter_that_never_ends_is_told() -> None:
    loaded = load_document("a.md", b"---\ntitle: Recall\n# Body\n\ntext")
    assert "title: Recall" in loaded.text
    [warning] = loaded.warnings
    assert "second line" in warning.en


def test_a_colon_in_a_value_is_explained() -> None:
    with pytest.raises(InvalidFrontMatter, match="quotation marks") as caught:
        load_document("a.md", b"---\ntitle: Recall: a guide\n---\nbody")
    assert "请加引号" in caught.value.zh


def test_title_is_the_first_heading() -> None:
    assert load_document("a.md", b"\n# The title #\n\ntext").title == "The title"
    assert load_document("a.md", b"text\n\n# Later").title is None


PAGE = """<html><head><title>Site | 召回</title><meta charset="{charset}"></head><body>
<nav><a href="/">首页</a><a href="/login">登录</a></nav>
<article><h1>如何召回沉默用户</h1><p>先分层，再触达，最后复盘每一次召回的效果。</p>
<h2>渠道成本</h2><table><tr><th>渠道</th><th>成本</th></tr><tr><td>短信</td><td>0.05</td></tr></table>
</article><footer>版权所有 转载必究</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312"])
def test_html_keeps_the_article_and_drops_the_rest(charset: str) -> None:
    loaded = load_document("a.html", PAGE.format(charset=charset).encode(charset))
    assert loaded.title == "如何召回沉默用户"
    assert "## 渠道成本" in loaded.text
    assert "| 短信 | 0.05 |" in loaded.text
    for furniture in ("登录", "版权所有"):
        assert furniture not in loaded.text


def test_a_plain_text_is_named_by_the_heading_that_all_of_it_stands_under():
    text = "产品经理如何做好运营\n\n关键在于理解用户需求。\n\n一、理解用户需求\n\n先访谈，再看数据。".encode()
    assert prepare("how_pms.txt", text).title == "产品经理如何做好运营"
    assert prepare("note.txt", "一、理解\n\n先访谈。\n\n二、决策\n\n看数据。".encode()).title is None
    assert prepare("note.txt", b"Refunds take three days.").title is None


@pytest.mark.parametrize(
    "name", ["README", ".htaccess", "a.md\r\nX-Header: 1", " a.MD ", "a.md (1)", "a\x00b.md"]
)
def test_a_name_without_a_plain_extension_does_not_hide_the_text(name: str) -> None:
    assert load_document(name, "次日留存\n".encode()).text.strip() == "次日留存"
