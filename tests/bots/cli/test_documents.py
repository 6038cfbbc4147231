"""`yunce ingest` and `yunce search`."""

import json
import signal
import subprocess
from functools import partial
from time import sleep

import pytest

from tests.bots.cli.conftest import YUNCE

ENGLISH = "# Win-back\n\nDormant users come back for new stock, not for coupons.\n"
CHINESE = "# 直播规范\n\n主播开播前要核对库存与价格，错价由运营值班人处理。\n"


NOTHING = {
    **dict.fromkeys(("added", "updated", "moved", "unchanged", "removed", "withheld"), 0),
    "failed": [],
    "failing": [],
    "warnings": [],
    "skipped": {},
}


@pytest.fixture
def run(invoke, company, monkeypatch):
    """Run the command within this process over the company's workspace, like `yunce`."""

    def run(*arguments, cwd=company, **variables):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            done = invoke(*arguments, folder=cwd)
        assert "Traceback" not in done.output
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    return run


def _ingest(yunce, folder, *arguments, status=0):
    done = yunce("ingest", "--json", *arguments, cwd=folder)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def _sources(yunce, folder, query):
    found = yunce("search", query, "--json", cwd=folder)
    return [result["source"] for result in json.loads(found.stdout)["results"]]


def test_a_folder_is_mirrored(run, company):
    library = company / "library" / "playbooks"
    library.mkdir()
    (library / "win-back.md").write_text(ENGLISH, encoding="utf-8")
    (library / "live.txt").write_bytes(CHINESE.encode("gbk"))
    assert _ingest(run, company) == NOTHING | {"added": 2}
    assert _ingest(run, company)["unchanged"] == 2
    assert _sources(run, company, "直播错价谁处理")[0] == "playbooks/live.txt"
    (library / "live.txt").unlink()
    (library / "win-back.md").write_text(ENGLISH + "\nAsk within 30 days.\n", encoding="utf-8")
    assert _ingest(run, company) == NOTHING | {"updated": 1, "removed": 1}
    assert "playbooks/live.txt" not in _sources(run, company, "直播错价谁处理")


def test_unreadable_files_are_named_and_leave_the_rest(run, company):
    library = company / "library"
    (library / "good.md").write_text(CHINESE, encoding="utf-8")
    (library / "empty.md").write_bytes(b"")
    (library / "binary.md").write_bytes(bytes(range(256)) * 40)
    done = run("ingest", cwd=company)
    assert done.returncode == 1
    assert done.stdout == "Documents: 1 added, 2 failed\n"
    assert {line.split(":")[0].strip() for line in done.stderr.splitlines()} == {"empty.md", "binary.md"}
    chinese = run("ingest", cwd=company, LANG="zh_CN.UTF-8")
    assert (chinese.returncode, chinese.stdout) == (0, "文档：未变 1，仍失败 2\n")
    assert "yunce ingest --retry" in chinese.stderr
    listed = run("ingest", "--failed", cwd=company, LANG="zh_CN.UTF-8").stdout
    assert "empty.md" in listed and "尝试 1 次" in listed  # noqa: PT018
    assert run("ingest", "--retry", cwd=company).returncode == 1
    [first, _] = json.loads(run("ingest", "--failed", "--json", cwd=company).stdout)
    assert (first["source"], first["attempts"]) == ("binary.md", 2)
    (library / "empty.md").write_text(ENGLISH, encoding="utf-8")
    (library / "binary.md").unlink()
    assert _ingest(run, company)["added"] == 1
    assert run("ingest", "--failed", cwd=company).stdout == "No files failed.\n"
    assert _sources(run, company, "直播错价谁处理")[0] == "good.md"


def test_renamed_skipped_and_missing_files_are_told_of(run, company):
    library = company / "library"
    for number in range(22):
        (library / f"{number}.md").write_text(f"# Note {number}\n\nNote number {number}.\n", encoding="utf-8")
    (library / "photo.png").write_bytes(b"png")
    run("ingest", cwd=company)
    (library / "cases").mkdir()
    (library / "1.md").rename(library / "cases" / "one.md")
    assert _ingest(run, company) == NOTHING | {"moved": 1, "unchanged": 21, "skipped": {".png": 1}}
    library.rename(company / "away")
    library.mkdir()
    kept = run("ingest", cwd=company, LANG="zh_CN.UTF-8")
    assert kept.returncode == 1
    assert "22 个文档" in kept.stderr and "--delete" in kept.stderr  # noqa: PT018
    assert _ingest(run, company, "--delete") == NOTHING | {"removed": 22}


def test_watching_mirrors_changes_until_interrupted(company, environment):
    library = company / "library"
    watch = subprocess.Popen(
        [YUNCE, "ingest", "--watch", "--json"],
        cwd=company,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=partial(
            signal.signal, signal.SIGINT, signal.SIG_DFL
        ),  # a job in the background ignores it
    )
    try:
        assert "Watching" in watch.stderr.readline()
        (library / "draft.md.tmp").write_text(ENGLISH, encoding="utf-8")
        (library / "draft.md.tmp").rename(library / "win-back.md")
        assert _read_report(watch)["added"] == 1
        library.rename(company / "away")
        while "folder" not in watch.stderr.readline():
            pass
        sleep(3)  # gone for longer than it takes to look for it again
        (company / "away").rename(library)
        (library / "win-back.md").write_text(CHINESE, encoding="utf-8")
        assert _read_report(watch)["updated"] == 1
        watch.send_signal(signal.SIGINT)
        out, err = watch.communicate(timeout=60)
    finally:
        watch.kill()
    assert watch.returncode == 0, err
    assert "Traceback" not in err
    assert json.loads(out) == NOTHING | {"added": 1, "updated": 1}


def _read_report(watch):
    text = ""
    while not text.endswith("\n}\n"):
        text += watch.stdout.readline()
    return json.loads(text)


def test_a_single_file_with_collection_and_team(run, company, tmp_path):
    (tmp_path / "review.md").write_text(ENGLISH, encoding="utf-8")
    done = _ingest(run, company, tmp_path / "review.md", "--collection", "reviews", "--team", "growth")
    assert done["added"] == 1
    shown = run("search", "dormant users", "--collection", "reviews", cwd=company)
    assert shown.stdout.startswith("1. Win-back")
    assert "No documents were found." in run("search", "dormant", "--collection", "none", cwd=company).stdout


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
        "similar", "stale", "edited_by", "edited_at", "marks",
    }  # fmt: skip
    assert 0 < first["score"] <= 1


def test_search_finds_nothing_in_an_empty_library(run, company):
    assert run("search", "anything", cwd=company).stdout == "No documents were found.\n"
    assert run("search", "任何内容", cwd=company).stdout == "没有找到文档。\n"


@pytest.mark.parametrize(
    ("arguments", "word"), [(["x", "--limit", "0"], "limit"), (["x", "--limit", "1000"], "limit"), (["x" * 50_000], "50")]
)  # fmt: skip
def test_search_refuses_what_it_cannot_use(invoke, company, arguments, word):
    done = invoke("search", *arguments, folder=company)
    assert done.exit_code == 2
    assert word in done.stderr
    assert done.stderr.count("\n") == 1
