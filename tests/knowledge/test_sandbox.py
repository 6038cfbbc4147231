"""Child processes that parse: what they give back, what they may not do, and that a hostile file harms nobody."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import DocumentError, ParserFailed, UnreadableDocument
from knowledge.intake import messages, sandbox
from knowledge.intake.preparation import prepare
from knowledge.intake.sandbox import expand_in_sandbox, prepare_all_in_sandbox, prepare_in_sandbox
from knowledge.uploads import Failure, Upload
from tests.knowledge.loaders.office_files import WORD, pack, paragraph, write_docx

MARKDOWN = "---\ntitle: 召回\nteams: [crm]\neffective_date: 2026-03-01\nodd: 1\n---\n# 召回\r\n\r\n先分层\u200b。\n".encode()


def test_gives_what_preparation_gives() -> None:
    assert prepare_in_sandbox("a.md", MARKDOWN) == prepare("a.md", MARKDOWN)


def test_keeps_the_original_and_the_way_back_to_it() -> None:
    prepared = prepare_in_sandbox("a.md", MARKDOWN)
    [passage] = prepared.passages
    start, end = prepared.alignment.to_original(passage.start, passage.end)
    assert prepared.text[passage.start : passage.end] == "# 召回\n\n先分层。"
    assert prepared.original[start:end] == "# 召回\r\n\r\n先分层\u200b。"


def test_errors_come_back_as_they_were_raised() -> None:
    with pytest.raises(DocumentError) as here:
        prepare("a.md", b"---\ntitle: [a]\n---\nx")
    with pytest.raises(DocumentError) as there:
        prepare_in_sandbox("a.md", b"---\ntitle: [a]\n---\nx")
    assert (type(there.value), vars(there.value)) == (type(here.value), vars(here.value))


def run_confined(code: str, *, environment: dict[str, str] | None = None) -> str:
    """Run code in a process that is confined as a parsing one is."""
    lines = [
        "from knowledge.intake.confinement import leave_network, limit_resources, refuse_the_world",
        "leave_network(); limit_resources(); refuse_the_world()",
        f"try:\n    {code}\nexcept BaseException as error:\n    print(type(error).__name__)\nelse:\n    print('done')",
    ]
    path = os.pathsep.join(filter(None, sys.path))
    ran = subprocess.run(
        [sys.executable, "-B", "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": path, **(environment or {})},
    )
    return ran.stdout.strip() or f"died: {ran.returncode}"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("import socket; socket.socket()", "PermissionError"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')", "PermissionError"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("import os; os.system('true')", "PermissionError"),
        ("import os; os.fork()", "PermissionError"),
        ("open('/tmp/left-behind', 'w')", "PermissionError"),
        ("open('/etc/passwd')", "PermissionError"),
        ("import os; os.remove('/tmp/nothing')", "PermissionError"),
        ("bytearray(2 << 30)", "MemoryError"),
        ("import docx, pypdf, pdfplumber, openpyxl, lxml.html", "done"),
    ],
)
def test_confined_processes_reach_nothing(code: str, outcome: str) -> None:
    assert run_confined(code) == outcome


def test_children_know_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "swordfish")
    environment = Path(f"/proc/{_start_worker()}/environ")
    if environment.exists():
        assert b"swordfish" not in environment.read_bytes()


def _start_worker() -> int:
    sandbox._pool.close()
    prepare_in_sandbox("a.md", MARKDOWN)
    return sandbox._pool._idle[0]._process.pid


def test_one_child_serves_many_documents() -> None:
    first = _start_worker()
    for _ in range(20):
        prepare_in_sandbox("a.md", MARKDOWN)
    with pytest.raises(UnreadableDocument):
        prepare_in_sandbox("a.md", b"")
    assert sandbox._pool._idle[0]._process.pid == first


def test_a_child_that_died_in_its_sleep_is_replaced() -> None:
    process = _start_worker()
    os.kill(process, 9)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert prepare_in_sandbox("a.md", MARKDOWN).title == "召回"


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_SECONDS", 0.1)
    monkeypatch.setattr(sandbox, "_SECONDS_PER_MEGABYTE", 0)
    with pytest.raises(ParserFailed) as caught:
        prepare_in_sandbox("a.txt", "运营。".encode() * 500_000)
    assert "时限" in caught.value.zh
    monkeypatch.undo()
    assert prepare_in_sandbox("a.md", MARKDOWN).title == "召回"


def test_one_document_at_fault_does_no_harm_to_those_asked_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_SECONDS", 0.3)
    monkeypatch.setattr(sandbox, "_SECONDS_PER_MEGABYTE", 0)
    endless = "运营。".encode() * 500_000
    files = [("a.md", MARKDOWN), ("b.txt", endless), ("c.md", b""), ("d.md", MARKDOWN)]
    first, second, third, fourth = prepare_all_in_sandbox(files)
    assert isinstance(second, ParserFailed)
    assert isinstance(third, UnreadableDocument)
    assert first == fourth == prepare("a.md", MARKDOWN)


@pytest.mark.parametrize("answer", [({}, []), ({"error": 1}, []), ({"metadata": {}}, [b"", b"\xff", b""])])
def test_an_answer_that_cannot_be_read_is_a_failure_of_its_document(answer: messages.Message) -> None:
    assert isinstance(sandbox._unpack_outcome(answer), ParserFailed)


def test_several_threads_share_two_children() -> None:
    texts = [f"# Title {number}\n\nBody {number}." for number in range(24)]
    titles: dict[int, str | None] = {}

    def work(numbers: range) -> None:
        for number in numbers:
            titles[number] = prepare_in_sandbox("a.md", texts[number].encode()).title

    threads = [threading.Thread(target=work, args=(range(start, 24, 6),)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == {number: f"Title {number}" for number in range(24)}
    assert len(sandbox._pool._idle) <= sandbox.WORKERS


def test_archives_come_apart_in_a_child_too() -> None:
    data = pack({"a/one.md": "# One", "two.exe": b"MZ"})
    one, two = expand_in_sandbox("a.zip", data)
    assert (one.path, one.data, one.error) == ("a/one.md", b"# One", None)
    assert two.error is not None
    with pytest.raises(UnreadableDocument):
        list(expand_in_sandbox("a.zip", data[:30]))


TABLES = "<w:tbl><w:tr><w:tc>" * 3_000 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 3_000
HOSTILE = {
    "bomb.docx": write_docx(paragraph("x"), more={"word/media/1.bin": bytes(12 << 20)}),
    "parts.docx": write_docx(paragraph("x"), more={f"word/media/{n}.bin": "x" for n in range(2_000)}),
    "laughs.docx": write_docx(
        paragraph("&c;"), prolog='<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>'
    ),
    "outside.docx": write_docx(paragraph("a&x;b"), prolog='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "late.docx": write_docx(paragraph("&a;"), prolog=f'<!--{"-=" * 600_000}--><!DOCTYPE r [<!ENTITY a "b">]>'),
    "wide-characters.docx": write_docx(
        paragraph("x"), more={"word/x.xml": f'<!DOCTYPE r [<!ENTITY a "b">]><w:p xmlns:w="{WORD}"/>'.encode("utf-16")}
    ),
    "nested.docx": write_docx(TABLES),
    "drawing.svg": b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>',
    "deep.json": b"[" * 200_000,
    "packed.txt.gz": b"\x1f\x8b\x08" + bytes(100),
    "program.pdf": b"MZ\x90\x00" + bytes(200),
    "blank.md": b" \n\t\n",
    "nothing.docx": b"",
}  # fmt: skip


def test_hostile_files_leave_nothing_behind(base: KnowledgeBase) -> None:
    good = Upload("good.md", b"# Good\n\nThis one is fine.")
    outcomes = list(base.ingest_many([*(Upload(name, data) for name, data in HOSTILE.items()), good]))
    failures = {outcome.source: outcome.error.code for outcome in outcomes if isinstance(outcome, Failure)}
    assert failures == {
        "bomb.docx": "document_too_large",
        "parts.docx": "document_too_large",
        "laughs.docx": "unreadable_document",
        "outside.docx": "unreadable_document",
        "late.docx": "unreadable_document",
        "wide-characters.docx": "unreadable_document",
        "nested.docx": "unreadable_document",
        "drawing.svg": "unsupported_format",
        "deep.json": "unsupported_format",
        "packed.txt.gz": "unsupported_format",
        "program.pdf": "unsupported_format",
        "blank.md": "no_text",
        "nothing.docx": "empty_document",
    }
    assert [document.source for document in base.documents(teams=None)] == ["good.md"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.html", b"<div>" * 100_000 + b"x"),
        ("deep.md", b"> " * 5_000 + b"x\n" + b"[" * 5_000 + b"\n" + b"*a " * 5_000),
        ("line.md", b"a" * 200_000),
        ("无断行.md", "运营".encode() * 30_000),
        ("html.txt", b"<html><script>alert(1)</script>"),
    ],
)
def test_odd_files_end_in_text_or_a_typed_error(name: str, data: bytes) -> None:
    try:
        prepared = prepare_in_sandbox(name, data)
    except DocumentError:
        return
    assert "".join(prepared.text.split())
    assert prepared.passages


def test_what_a_page_points_at_is_not_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        page = f'<p>readable words</p><img src="{address}/a.png"><link rel=stylesheet href="{address}/a.css">'
        template = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
            f'Target="{address}/t.dotm" TargetMode="External"/></Relationships>'
        )
        document = write_docx(paragraph("hello"), more={"word/_rels/document.xml.rels": template})
        assert prepare_in_sandbox("a.html", page.encode()).text == "readable words"
        assert prepare_in_sandbox("a.docx", document).text == "hello"
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_archive_is_as_many_documents_as_it_holds(base: KnowledgeBase) -> None:
    data = pack({"wiki/one.md": "# One\n\nFirst.", "two.txt": "Second.", "bad.pdf": b"no pdf"})
    outcomes = list(base.ingest_many([Upload("wiki.zip", data, collection="wiki", title="ignored")]))

    found = {document.source: document for document in base.documents(teams=None)}
    assert sorted(found) == ["wiki.zip/two.txt", "wiki.zip/wiki/one.md"]
    assert {document.collection for document in found.values()} == {"wiki"}
    assert found["wiki.zip/wiki/one.md"].title == "One"
    assert [outcome.source for outcome in outcomes if isinstance(outcome, Failure)] == ["wiki.zip/bad.pdf"]
    with pytest.raises(DocumentError, match="archive"):
        base.ingest_bytes("wiki.zip", data)
