"""What the READMEs, the lock and the Makefile say is true: help, settings, commands, and "Your own data" for real."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from assistant.settings import Settings, known_settings
from bots.cli.main import cli

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh.md"
READMES = pytest.mark.parametrize("readme", [ENGLISH, CHINESE], ids=["en", "zh"])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([\w.]+)` \| `(YUNCE_\w+)` \| (.+) \|$", re.MULTILINE)
_HERE_DOCUMENT = re.compile(r"<<'END'\n.*?^END$", re.MULTILINE | re.DOTALL)


def _blocks(text: str, language: str) -> list[str]:
    return [content for name, content in _BLOCK.findall(text) if name == language]


def _commands(readme: Path) -> list[str]:
    scripts = [_HERE_DOCUMENT.sub("", block) for block in _blocks(readme.read_text("utf-8"), "bash")]
    return [line for script in scripts for line in script.splitlines() if line]


def _section(readme: Path, heading: str) -> str:
    return readme.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def _parse(arguments: list[str]) -> None:
    """Parse a command line as far as its last subcommand, without running it."""
    command: click.Command = cli
    context = None
    while True:
        context = command.make_context("yunce", arguments, parent=context)
        if not isinstance(command, click.Group):
            return
        rest = [*context._protected_args, *context.args]
        if not rest and command.invoke_without_command:
            return
        _, found, arguments = command.resolve_command(context, rest)
        assert found is not None
        command = found


@READMES
def test_help_is_what_the_command_prints(readme):
    shown = CliRunner().invoke(cli, ["--help"], prog_name="yunce", terminal_width=100).output
    assert shown in _blocks(readme.read_text("utf-8"), "text")


@READMES
def test_every_setting_is_listed(readme):
    listed = {name: (variable, text) for name, variable, text in _ROW.findall(readme.read_text("utf-8"))}
    described = known_settings()
    assert list(listed) == list(described)
    for name, (variable, text) in listed.items():
        assert variable == f"YUNCE_{name.replace('.', '__').upper()}"
        assert text == described[name] or readme is CHINESE


def test_both_readmes_have_the_same_blocks():
    english, chinese = (_BLOCK.findall(readme.read_text("utf-8")) for readme in (ENGLISH, CHINESE))
    assert english == chinese


def test_both_readmes_have_the_same_sections():
    english, chinese = (re.findall(r"^##? ", r.read_text("utf-8"), re.MULTILINE) for r in (ENGLISH, CHINESE))
    assert len(english) == len(chinese) > 10


@pytest.mark.parametrize("line", [line for line in _commands(ENGLISH) if line.startswith("yunce ")])
def test_commands_parse(line):
    arguments = shlex.split(line)[1:]
    if "--help" not in arguments:
        _parse(arguments)


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {word for line in _commands(ENGLISH) if line.startswith("make ") for word in line.split()[1:2]}
    named |= set(re.findall(r"`make (\w+)", ENGLISH.read_text("utf-8")))
    assert {"demo", "test", "check", "setup"} <= named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_ci_runs_the_test_command_and_the_demo():
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert ci[-2:] == ["make test", "make demo"]
    assert {"make test", "make demo"} <= set(_commands(ENGLISH))


def test_requests_are_those_of_the_api():
    from bots.api.models import AskRequest

    lines = [shlex.split(line) for line in _commands(ENGLISH) if line.startswith("curl ")]
    assert [re.search(r"8600(/\w+/\w+)", " ".join(line))[1] for line in lines] == [
        "/v1/ask",
        "/v1/ask",
        "/v1/search",
    ]  # type: ignore[index]
    for line in lines[:2]:
        AskRequest.model_validate(json.loads(line[line.index("-d") + 1]))


def test_the_slack_manifest_asks_for_what_the_app_uses():
    [manifest] = [m for b in _blocks(ENGLISH.read_text("utf-8"), "yaml") if (m := yaml.safe_load_all(b)) and "oauth_config" in b]  # fmt: skip
    app: dict[str, Any] = next(manifest)
    assert set(app["settings"]["event_subscriptions"]["bot_events"]) == {"app_mention", "message.im"}
    assert app["settings"]["event_subscriptions"]["request_url"].endswith("/slack/events")
    assert {"app_mentions:read", "chat:write", "files:write", "im:history"} <= set(
        app["oauth_config"]["scopes"]["bot"]
    )


def test_an_mcp_client_starts_a_command_that_there_is():
    from bots.mcp import MCP_PATH

    [shown] = _blocks(ENGLISH.read_text("utf-8"), "json")
    started, reached = json.loads(shown)["mcpServers"].values()
    assert started["command"] == "yunce"
    _parse(started["args"])
    assert reached["url"].endswith(MCP_PATH)


def test_settings_examples_are_valid():
    import tomllib

    for block in _blocks(ENGLISH.read_text("utf-8"), "toml"):
        Settings.model_validate(tomllib.loads(block))


def test_the_metrics_file_shown_can_be_read():
    from tools import load_semantics

    [shown] = _blocks(ENGLISH.read_text("utf-8"), "yml")
    assert set(load_semantics(shown).segments) == {"frequent"}


def test_the_table_of_tools_is_whole():
    from tools.catalog import TOOLS

    for readme in (ENGLISH, CHINESE):
        listed = re.findall(r"^\| `(\w+)` \|", readme.read_text("utf-8"), re.MULTILINE)
        assert {tool.name for tool in TOOLS} <= set(listed)


def test_the_tactic_card_can_be_read(tmp_path):
    from assistant.planning.tactics import read_cards
    from knowledge import KnowledgeBase

    card, front = (_blocks(ENGLISH.read_text("utf-8"), name) for name in ("tactic", "yaml"))
    text = f"{front[0]}\n# Refunds\n\n```tactic\n{card[0]}```\n"
    with KnowledgeBase.open(tmp_path) as knowledge:
        document = knowledge.ingest_bytes("refunds.md", text.encode()).document
        cards, bad = read_cards(knowledge, teams=frozenset({"service"}))
    assert (document.title, document.owner, document.teams) == ("Refund handling", "Chen Mo", ("service",))
    assert (len(cards), len(bad)) == (1, 0)


def test_your_own_data_works_as_written(tmp_path):
    section = _section(ENGLISH, "Your own data")
    script = "set -euo pipefail\n" + "\n".join(_blocks(section, "bash"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUNCE_", "LC_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=kept | {"PATH": path, "LANG": "C.UTF-8", "COLUMNS": "1000"},
        capture_output=True, encoding="utf-8", timeout=250, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    printed = " ".join(done.stdout.split())
    for line in "".join(_blocks(section, "text")).splitlines():
        assert line in printed


def test_the_demo_shows_the_figures_of_the_readme(demo_workspace):
    runner = CliRunner()
    period = ["--start", "2026-09-21", "--end", "2026-09-27"]
    before = ["--arg", "compare_start=2026-09-14", "--arg", "compare_end=2026-09-20"]
    command = [
        "-w",
        str(demo_workspace.root),
        "metrics",
        "run",
        "d1_retention",
        *period,
        *before,
        "--language",
        "zh",
    ]
    printed = runner.invoke(cli, command).output
    shown = _blocks(ENGLISH.read_text("utf-8"), "console")[0]
    for figure in ("38.8%", "44.3%", "5.5 个百分点"):
        assert figure in shown
        assert figure in printed


def test_the_lock_names_no_host_and_pins_by_hash():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", lock)
    pins = re.findall(r"^([\w.\[\]-]+)==\S+(?: ;[^\\]+)? \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[\w.\[\]-]+==", lock, re.MULTILINE)) > 100


def test_the_lock_holds_every_declared_dependency():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {_normalize(re.split(r"[\[<>=!~ ;]", line)[0]) for line in declared}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = {_normalize(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    assert names <= locked


def _normalize(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
