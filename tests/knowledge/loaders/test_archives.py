import json
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import pytest

from knowledge.errors import DocumentError, DocumentTooLarge, UnreadableDocument, UnsupportedFormat
from knowledge.intake.sandbox import expand_in_sandbox
from knowledge.loaders.archives import Member, expand
from knowledge.loaders.html import load_html
from tests.knowledge.loaders.office_files import pack

ID, OTHER_ID = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"


def read(parts: dict[str, str | bytes]) -> dict[str, Member]:
    return {member.path: member for member in expand("export.zip", pack(parts))}


def test_documents_come_out_and_junk_stays_in() -> None:
    members = read(
        {
            "wiki/召回.md": "# 召回",
            "wiki/costs.csv": "a,b",
            "wiki/logo.png": b"\x89PNG",
            "wiki/talk.mp4": b"x",
            "wiki/run.exe": b"MZ",
            "wiki/page.css": b"x",
            "__MACOSX/wiki/._召回.md": b"junk",
            "wiki/.DS_Store": b"junk",
            "Thumbs.db": b"junk",
        }
    )
    assert list(members) == ["wiki/召回.md", "wiki/costs.csv", "wiki/run.exe", "wiki/logo.png"]
    left_out = members["wiki/logo.png"].error
    assert isinstance(left_out, UnsupportedFormat)
    assert '"logo.png", "talk.mp4"' in left_out.en
    assert "不读取压缩包中的图片" in left_out.zh
    assert members["wiki/召回.md"].data == "# 召回".encode()
    assert isinstance(members["wiki/run.exe"].error, UnsupportedFormat)


def test_names_lead_nowhere_outside() -> None:
    assert list(read({"../../etc/evil.md": "x", "/abs.md": "x", "a\\b.md": "x"})) == [
        "etc/evil.md",
        "abs.md",
        "a/b.md",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_names_without_a_mark_are_decoded(encoding: str) -> None:
    buffer = BytesIO()
    raw = "运营手册/召回方案.md".encode(encoding)
    with ZipFile(buffer, "w") as container:
        container.writestr(ZipInfo("x" * len(raw)), "text")
    data = buffer.getvalue().replace(b"x" * len(raw), raw)
    assert [member.path for member in expand("a.zip", data)] == ["运营手册/召回方案.md"]


def test_an_archive_within_is_refused_alone() -> None:
    members = read({"a.md": "x", "more.zip": pack({"b.md": "x"})})
    assert "within the archive" in str(members["more.zip"].error)
    assert members["a.md"].error is None


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (pack({f"{number}.md": "x" for number in range(2_001)}), DocumentTooLarge, "2,001 parts"),
        (pack({"a.md": bytes(11 << 20)}), DocumentTooLarge, "100 times"),
        (pack({"a.png": b"x"}), UnsupportedFormat, "no document"),
        (pack({"a.md": "x"})[:40], UnreadableDocument, "damaged"),
        (b"no archive", UnsupportedFormat, "extension"),
    ],
    ids=["too many parts", "a bomb", "no document", "cut off", "no archive"],
)
def test_refuses_archives_that_are_none(data: bytes, error: type[DocumentError], words: str) -> None:
    with pytest.raises(error, match=words):
        list(expand("a.zip", data))


def test_a_member_whose_size_is_a_lie_is_refused_alone() -> None:
    data = bytearray(pack({"a.md": "text " * 100, "b.md": "fine"}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    first, second = expand("a.zip", bytes(data))
    assert isinstance(first.error, UnreadableDocument)
    assert second.data == b"fine"


def slack_export() -> dict[str, str | bytes]:
    day = [
        {
            "type": "message",
            "user": "U1",
            "ts": "1772420400.0001",
            "text": "<@U2> 次留掉了 &gt; 2%？ <https://x.y/z|dash>",
        },
        {"type": "message", "subtype": "channel_join", "user": "U2", "ts": "1772420500.0", "text": "joined"},
        {"type": "message", "user": "U2", "ts": "1772424000.0", "text": "Lunch?"},
    ]
    reply = {
        "type": "message",
        "user": "U2",
        "ts": "1772506800.0",
        "thread_ts": "1772420400.0001",
        "text": "Fixed",
    }
    return {
        "channels.json": json.dumps([{"id": "C1", "name": "growth"}]),
        "users.json": json.dumps(
            [
                {"id": "U1", "name": "li", "profile": {"display_name": "李雷"}},
                {"id": "U2", "name": "han", "profile": {}},
            ]
        ),
        "growth/2026-03-02.json": json.dumps(day),
        "growth/2026-03-03.json": json.dumps([reply]),
        "growth/2026-04-01.json": json.dumps([{**day[2], "ts": "1775000000.0"}]),
        "D0PRIVATE/2026-03-02.json": json.dumps(day),
    }


def test_a_slack_export_becomes_a_document_a_month() -> None:
    members = read(slack_export())
    assert [(m.path, m.title) for m in members.values()] == [
        ("growth/2026-03.md", "#growth 2026-03"),
        ("growth/2026-04.md", "#growth 2026-04"),
    ]
    assert members["growth/2026-03.md"].data.decode() == (
        "# #growth 2026-03\n\n## 2026-03-02 (UTC)\n\n"
        "李雷 (03:00): @han 次留掉了 > 2%？ dash (https://x.y/z)\n- han (2026-03-03 03:00): Fixed\n\n"
        "han (04:00): Lunch?"
    )


@pytest.mark.parametrize(
    ("zones", "heading", "time"),
    [
        (["Asia/Shanghai", "Asia/Shanghai"], "## 2026-03-02 (Asia/Shanghai)", "李雷 (11:00)"),
        (["America/New_York", "America/New_York"], "## 2026-03-01 (America/New_York)", "李雷 (22:00)"),
        (["Asia/Shanghai", "Europe/Paris"], "## 2026-03-02 (UTC)", "李雷 (03:00)"),
        (["../../etc/passwd", "../../etc/passwd"], "## 2026-03-02 (UTC)", "李雷 (03:00)"),
        (["Mars/Olympus", "Mars/Olympus"], "## 2026-03-02 (UTC)", "李雷 (03:00)"),
    ],
)
def test_slack_times_are_those_of_its_members_or_say_otherwise(
    zones: list[str], heading: str, time: str
) -> None:
    export = slack_export()
    users = json.loads(export["users.json"])
    told = [{**user, "tz": zone} for user, zone in zip(users, zones, strict=True)]
    member, *_ = expand_in_sandbox("a.zip", pack({**export, "users.json": json.dumps(told)}))
    text = member.data.decode()
    assert heading in text
    assert time in text


def test_a_broken_slack_export_says_where() -> None:
    with pytest.raises(UnreadableDocument, match="2026-03-02"):
        read({**slack_export(), "growth/2026-03-02.json": "[" * 100_000})


def test_a_notion_export_loses_its_ids() -> None:
    members = read(
        {
            f"Plans {ID}.md": f"# Plans\n\n[Costs](Plans%20{ID}/Costs%20{OTHER_ID}.md), [May (1)](May%20(1)%20{ID}.md)"
            f" and [site](https://a.b/c)\n![Untitled](Plans%20{ID}/Untitled.png)\n<aside>\n💡 先分层。\n</aside>",
            f"Plans {ID}/Costs {OTHER_ID}.md": "# Costs",
            f"Plans {ID}/Tasks {ID}.csv": "a,b\n1,2",
            f"Plans {ID}/Tasks {ID}_all.csv": f"a,b\n1,Costs (Plans%20{ID}/Costs%20{OTHER_ID}.md)\n3,4",
            f"Twin {ID}.md": "one",
            f"Twin {OTHER_ID}.md": "two",
        }
    )
    assert list(members) == [
        "Plans.md", "Plans/Costs.md", "Plans/Tasks.csv", f"Twin {ID}.md", f"Twin {OTHER_ID}.md",
    ]  # fmt: skip
    assert members["Plans.md"].data.decode() == (
        "# Plans\n\nCosts, May (1) and [site](https://a.b/c)\n\n💡 先分层。\n"
    )
    assert members["Plans/Tasks.csv"].data == b"a,b\n1,Costs\n3,4"


CONFLUENCE_PAGE = """<html><head><title>Ops : 召回手册</title></head><body><div id="main-header">
<div id="breadcrumb-section"><ol><li><a href="index.html">Ops home</a></li></ol></div>
<h1 id="title-heading"><span id="title-text"> Ops : 召回手册 </span></h1></div>
<div id="content" class="view"><div class="page-metadata">Created by <span class='author'> Li</span></div>
<div id="main-content" class="wiki-content group"><p>先分层，再触达，最后复盘每一次召回的效果。</p>
<h2>Costs</h2><div class="table-wrap"><table class="confluenceTable"><tbody>
<tr><th>Channel</th><th>Cost</th></tr><tr><td>SMS</td><td>0.05</td></tr></tbody></table></div></div>
<div class="pageSection group"><h2 id="attachments">Attachments:</h2><a href="attachments/1.png">1.png</a></div>
</div><div id="footer">Document generated by Confluence</div></body></html>"""


def test_a_confluence_export_leaves_index_and_furniture_out() -> None:
    members = read(
        {
            "OPS/index.html": '<html><h1 id="title-heading"><span id="title-text">Space Details:</span></h1></html>',
            "OPS/Recall_1.html": CONFLUENCE_PAGE,
            "OPS/attachments/1/notes.txt": "x",
            "OPS/images/icons/1.png": "x",
        }
    )
    assert list(members) == ["OPS/Recall_1.html", "OPS/attachments/1/notes.txt"]
    assert "notes.txt" in str(members["OPS/attachments/1/notes.txt"].error)
    loaded = load_html(members["OPS/Recall_1.html"].data)
    assert loaded.title == "召回手册"
    assert "先分层" in loaded.text
    assert "| SMS | 0.05 |" in loaded.text
    for furniture in ("Created by", "Attachments", "generated", "Ops home"):
        assert furniture not in loaded.text
