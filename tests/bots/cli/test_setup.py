"""`yunce init` and `yunce doctor`."""

import json
import re
import shutil

from assistant.workspace import Workspace


def test_init_makes_a_workspace_that_answers(yunce, tmp_path):
    made = yunce("init", "我的 company", cwd=tmp_path, LANG="zh_CN.UTF-8")
    assert (made.returncode, made.stderr) == (0, "")
    assert "已建立工作区" in made.stdout
    assert re.search(r"文档：新增 \d+\n", made.stdout)
    assert "接下来：cd '我的 company' && yunce ask" in made.stdout
    folder = tmp_path / "我的 company"
    assert {p.name for p in folder.iterdir()} == {"yunce.toml", "metrics.yaml", "library", "data", ".yunce"}
    found = json.loads(yunce("search", "what is a KOC", "--json", cwd=folder).stdout)
    assert "KOC" in found["results"][0]["text"]
    health = yunce("doctor", cwd=folder)
    assert (health.returncode, health.stderr) == (0, "")


def test_init_does_not_touch_what_is_there(yunce, company, tmp_path):
    before = (company / "metrics.yaml").read_text(encoding="utf-8")
    again = yunce("init", "company", cwd=tmp_path)
    assert again.returncode == 1
    assert "already is a workspace; nothing was changed" in again.stderr
    assert (company / "metrics.yaml").read_text(encoding="utf-8") == before
    (tmp_path / "file").write_text("x", encoding="utf-8")
    into_file = yunce("init", "file", cwd=tmp_path)
    assert into_file.returncode == 1
    assert into_file.stderr.count("\n") == 1
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_doctor_finds_the_demonstration_well(yunce, demo):
    shown = yunce("doctor", "--json", cwd=demo)
    checks = json.loads(shown.stdout)
    assert shown.returncode == 0
    assert [c["name"] for c in checks] == [
        "settings", "documents", "storage", "catalogue", "parsers", "embedding", "index", "failed", "tactics", "data", "data", "data", "answers", "model",
    ]  # fmt: skip
    assert all(c["ok"] for c in checks)


def test_doctor_names_what_is_ill(invoke, company):
    (company / "data" / "orders.csv").unlink()
    shown = invoke("doctor", folder=company)
    assert shown.exit_code == 1
    assert "BAD   data" in shown.output
    assert "orders.csv" in shown.output
    (company / "yunce.toml").write_text("[model\nname = 1", encoding="utf-8")
    shown = invoke("doctor", folder=company)
    assert shown.exit_code == 1
    assert "BAD   settings" in shown.output
    assert "yunce.toml is not valid TOML" in shown.output


def test_doctor_tells_of_another_embedding_model_than_that_of_the_documents(invoke, company, monkeypatch):
    (company / "library" / "note.md").write_text("# Note", encoding="utf-8")
    invoke("ingest", folder=company)
    assert "ok    embedding" in invoke("doctor", folder=company).output
    (company / "yunce.toml").write_text('[embedding]\nname = "other"\ndimensions = 64\n', encoding="utf-8")
    shown = invoke("doctor", folder=company)
    assert shown.exit_code == 1
    assert "BAD   embedding" in shown.output
    assert "run `yunce reindex`" in shown.output
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "请运行 `yunce reindex`" in invoke("doctor", folder=company).output


def test_a_broken_setting_stops_every_command(invoke, company):
    (company / "yunce.toml").write_text('[modle]\nname = "x"\n', encoding="utf-8")
    shown = invoke("search", "x", folder=company)
    assert shown.exit_code == 1
    assert "unknown setting modle" in shown.stderr


def test_the_workspace_can_be_named(yunce, demo, tmp_path):
    by_option = yunce("--workspace", demo, "metrics", "check", cwd=tmp_path)
    by_variable = yunce("metrics", "check", cwd=tmp_path, YUNCE_WORKSPACE=str(demo))
    from_below = yunce("metrics", "check", cwd=demo / "library" / "cases")
    assert by_option.stdout == by_variable.stdout == from_below.stdout
    assert by_option.stdout.startswith("events: 2026-04-02")


def test_a_workspace_can_be_moved(yunce, demo_workspace: Workspace, tmp_path):
    moved = shutil.copytree(demo_workspace.root, tmp_path / "moved")
    again = json.loads(yunce("ingest", "--json", cwd=moved).stdout)
    assert again["added"] == again["updated"] == again["removed"] == 0
    assert again["unchanged"] > 20
