"""`yunce ingest` and `yunce search`."""

import json

import pytest

ENGLISH = "# Win-back\n\nDormant users come back for new stock, not for coupons.\n"
CHINESE = "# 直播规范\n\n主播开播前要核对库存与价格，错价由运营值班人处理。\n"


def _ingest(yunce, folder, *arguments, status=0):
    done = yunce("ingest", "--json", *arguments, cwd=folder)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def _sources(yunce, folder, query):
    found = yunce("search", query, "--json", cwd=folder)
    return [result["source"] for result in json.loads(found.stdout)["results"]]


def test_a_folder_is_mirrored(yunce, company):
    library = company / "library" / "playbooks"
    library.mkdir()
    (library / "win-back.md").write_text(ENGLISH, encoding="utf-8")
    (library / "live.txt").write_bytes(CHINESE.encode("gbk"))
    assert _ingest(yunce, company) == {"added": 2, "updated": 0, "unchanged": 0, "removed": 0, "failed": []}
    assert _ingest(yunce, company)["unchanged"] == 2
    assert _sources(yunce, company, "直播错价谁处理")[0] == "playbooks/live.txt"
    (library / "live.txt").unlink()
    (library / "win-back.md").write_text(ENGLISH + "\nAsk within 30 days.\n", encoding="utf-8")
    assert _ingest(yunce, company) == {"added": 0, "updated": 1, "unchanged": 0, "removed": 1, "failed": []}
    assert "playbooks/live.txt" not in _sources(yunce, company, "直播错价谁处理")


def test_unreadable_files_are_named_and_leave_the_rest(yunce, company):
    library = company / "library"
    (library / "good.md").write_text(CHINESE, encoding="utf-8")
    (library / "empty.md").write_bytes(b"")
    (library / "binary.md").write_bytes(bytes(range(256)) * 40)
    done = yunce("ingest", cwd=company)
    assert done.returncode == 1
    assert done.stdout == "Documents: 1 added, 2 failed\n"
    assert {line.split(":")[0].strip() for line in done.stderr.splitlines()} == {"empty.md", "binary.md"}
    chinese = yunce("ingest", cwd=company, LANG="zh_CN.UTF-8")
    assert chinese.stdout == "文档：未变 1，失败 2\n"
    assert _sources(yunce, company, "直播错价谁处理") == ["good.md"]


def test_a_single_file_with_collection_and_team(yunce, company, tmp_path):
    (tmp_path / "review.md").write_text(ENGLISH, encoding="utf-8")
    done = _ingest(yunce, company, tmp_path / "review.md", "--collection", "reviews", "--team", "growth")
    assert done["added"] == 1
    shown = yunce("search", "dormant users", "--collection", "reviews", cwd=company)
    assert shown.stdout.startswith("1. Win-back")
    assert (
        "No documents were found." in yunce("search", "dormant", "--collection", "none", cwd=company).stdout
    )


@pytest.mark.parametrize(
    "arguments", [["missing.md"], ["library", "missing"], ["library", "--team", "growth"]]
)
def test_bad_paths_are_refused_before_anything_is_read(invoke, company, monkeypatch, arguments):
    monkeypatch.chdir(company)
    (company / "library" / "good.md").write_text(ENGLISH, encoding="utf-8")
    done = invoke("ingest", *arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert "good.md" not in invoke("search", "dormant users", "--json").output


def test_search_in_both_languages(yunce, demo):
    assert "沉睡" in yunce("search", "召回沉睡用户", "-n", "3", cwd=demo).stdout
    english = yunce("search", "win back dormant users", "--limit", "3", "--json", cwd=demo)
    [first, *rest] = json.loads(english.stdout)["results"]
    assert len(rest) == 2
    assert set(first) == {
        "chunk_id", "document_id", "title", "source", "section", "page", "text", "score", "dense_score", "lexical_score",
    }  # fmt: skip
    assert 0 < first["score"] <= 1


def test_search_finds_nothing_in_an_empty_library(yunce, company):
    assert yunce("search", "anything", cwd=company).stdout == "No documents were found.\n"
    assert yunce("search", "任何内容", cwd=company).stdout == "没有找到文档。\n"


@pytest.mark.parametrize(
    ("arguments", "word"), [(["x", "--limit", "0"], "limit"), (["x", "--limit", "1000"], "limit"), (["x" * 50_000], "50")]
)  # fmt: skip
def test_search_refuses_what_it_cannot_use(invoke, company, arguments, word):
    done = invoke("search", *arguments, folder=company)
    assert done.exit_code == 2
    assert word in done.stderr
    assert done.stderr.count("\n") == 1
