"""`yunce documents`, `chunks`, `pin` and `questions`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

TEXT = "# 退款\n\n## 时限\n\n退款需要三天。\n\n## 材料\n\n退款需要订单号。\n"
Yunce = Callable[..., Result]


@pytest.fixture
def yunce(invoke: Callable[..., Result], company: Path, monkeypatch: pytest.MonkeyPatch) -> Yunce:
    """Run the command over a workspace with one document."""
    monkeypatch.setenv("COLUMNS", "200")
    (company / "library" / "refund.md").write_text(TEXT, encoding="utf-8")
    done = invoke("ingest", "--json", folder=company)
    assert done.exit_code == 0, done.output
    return lambda *arguments, **settings: invoke(*arguments, folder=company, **settings)


def read(yunce: Yunce, *arguments: Any) -> Any:
    done = yunce(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_document_is_listed_shown_marked_and_owned(yunce: Yunce, company: Path) -> None:
    [document] = read(yunce, "documents")
    identity = document["id"]
    assert (document["title"], document["similar"]) == ("退款", [])
    assert (
        "已将《退款》标记为过时"
        in yunce("documents", "stale", identity, "--note", "口径已变", "--by", "张三").output
    )
    assert yunce("documents", "owner", identity, "Zhao").output == "Owner of “退款”: Zhao\n"
    assert "stale" in yunce("documents").output
    shown = yunce("documents", "show", identity).output
    for words in ("Zhao", "张三", "口径已变", "in force", "退款需要三天"):
        assert words in shown
    assert [v["state"] for v in read(yunce, "documents", "show", identity)["versions"]] == ["in_force"]
    assert yunce("documents", "stale", identity, "--undo").exit_code == 0
    assert read(yunce, "documents")[0]["stale"] is None
    saved = company / "saved.md"
    assert yunce("documents", "file", identity, "-o", saved).exit_code == 0
    assert saved.read_text(encoding="utf-8") == TEXT


def test_passage_is_edited_disabled_and_put_back(yunce: Yunce) -> None:
    [document] = read(yunce, "documents")
    chunk = next(c for c in read(yunce, "documents", "show", document["id"])["chunks"] if "三天" in c["text"])
    edited = read(yunce, "chunks", "edit", chunk["id"], "--text", "退款需要七天。", "--by", "李四")
    assert (edited["text"], edited["edited_by"]) == ("退款需要七天。", "李四")
    assert (
        "李四编辑过"
        in yunce("chunks", "edit", chunk["id"], "--text", "退款需要七天。", "--by", "李四").output
    )
    assert "退款需要五天" in yunce("chunks", "edit", edited["id"], stdin="退款需要五天。".encode()).output
    assert yunce("chunks", "edit", edited["id"], stdin=b"").exit_code == 2
    [edited] = [c for c in read(yunce, "documents", "show", document["id"])["chunks"] if c["edited_by"]]
    assert read(yunce, "chunks", "disable", edited["id"])["enabled"] is False
    assert "disabled" in yunce("documents", "show", document["id"]).output
    assert read(yunce, "chunks", "enable", edited["id"])["enabled"] is True
    assert read(yunce, "chunks", "undo", edited["id"])["id"] == chunk["id"]
    context = read(yunce, "chunks", "show", chunk["id"])
    assert "三天" in context["text"][context["start"] : context["end"]]


def test_curated_answer_is_pinned_given_changed_and_removed(yunce: Yunce) -> None:
    [document] = read(yunce, "documents")
    pin = read(
        yunce, "pin", "add", "年假有几天？", "-q", "How many days of annual leave are there?",
        "--answer", "**5** 天", "--owner", "张三", "--document", document["id"], "--review-by", "2020-01-01",
    )  # fmt: skip
    assert yunce("pin", "list").output.startswith(f"{pin['id']}  张三 · ")
    answer = read(yunce, "ask", "年假有几天")
    assert (answer["curated"]["owner"], answer["grounding"]) == ("张三", "documents")
    assert any("2020-01-01" in warning for warning in answer["warnings"])
    assert "Curated answer by 张三" in yunce("ask", "How many days of annual leave are there").output
    changed = read(yunce, "pin", "edit", pin["id"], "--answer", "6 天", "--by", "李四")
    assert (changed["answer"], changed["updated_by"], changed["owner"]) == ("6 天", "李四", "张三")
    assert yunce("pin", "remove", pin["id"]).exit_code == 0
    assert read(yunce, "pin", "list") == []


def test_open_questions_are_listed_owned_and_closed(yunce: Yunce) -> None:
    asked = read(yunce, "ask", "火星基地的电费多少钱？")["open_question"]
    [question] = read(yunce, "questions")
    assert (question["id"], question["count"], question["samples"]) == (asked, 1, ["火星基地的电费多少钱？"])
    assert "负责人：张三" in yunce("questions", "assign", asked, "张三").output
    assert "李四已忽略" in yunce("questions", "dismiss", asked, "--by", "李四").output
    assert yunce("questions").output == "There are no such questions.\n"
    assert "open" in yunce("questions", "reopen", asked).output


def test_what_is_not_there_is_a_bad_argument(yunce: Yunce) -> None:
    for arguments in (
        ("documents", "show", "d_0"),
        ("documents", "file", "d_0"),
        ("chunks", "disable", "c_0"),
        ("pin", "remove", "p_0"),
        ("questions", "dismiss", "q_0"),
    ):
        done = yunce(*arguments)
        assert done.exit_code == 2, arguments
        assert done.stderr.startswith("Error: There is no ")


def test_what_waits_replaces_nothing_or_is_a_copy_is_told_at_ingest(yunce: Yunce, company: Path) -> None:
    new = "---\neffective_date: 2999-01-01\nreplaces: [旧手册]\n---\n# 新手册\n\n退款需要七天。\n"
    (company / "library" / "new.md").write_text(new, encoding="utf-8")
    (company / "library" / "copy.md").write_text(TEXT, encoding="utf-8")
    told = yunce("ingest").output
    assert "new.md: This document holds from 2999-01-01" in told
    assert "旧手册" in told
    assert "copy.md: It says the very same as" in told
    assert "waits for 2999-01-01" in yunce("documents").output
    assert sorted(d["waiting"] for d in read(yunce, "documents")) == [False, False, True]


@pytest.mark.parametrize(
    "arguments",
    [
        ("documents", "show", "d_0"),
        ("documents", "stale", "d_0", "--note", "outdated"),
        ("documents", "owner", "d_0", "Zhao"),
        ("documents", "file", "d_0"),
        ("chunks", "show", "c_0"),
        ("chunks", "edit", "c_0", "--text", "In English."),
        ("chunks", "disable", "c_0"),
        ("pin", "edit", "p_0", "--answer", "Yes."),
        ("pin", "remove", "p_0"),
        ("pin", "add", "A question?", "--answer", "Yes.", "--document", "d_0"),
        ("questions", "assign", "q_0", "Zhao"),
        ("questions", "dismiss", "q_0", "--by", "Zhao"),
        ("questions", "reopen", "q_0"),
    ],
)
def test_what_is_not_there_is_told_in_the_language_of_the_workspace_then_of_the_terminal(
    yunce: Yunce, company: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    assert yunce(*arguments).output.startswith("Error: There is no ")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    told = yunce(*arguments).output
    assert told.startswith("错误：没有")
    assert "_0”" in told
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    settings = company / "yunce.toml"
    settings.write_text('language = "zh"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    assert yunce(*arguments).output.startswith("错误：没有")
