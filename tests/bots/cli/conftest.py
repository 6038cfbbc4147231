"""The installed command as people run it: a process of its own, without a network and without a key."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.workspace import Workspace, create_workspace

YUNCE = Path(sys.executable).with_name("yunce")
Run = Callable[..., subprocess.CompletedProcess[str]]

_NO_NETWORK = """
import socket

def _refuse(*arguments, **named):
    raise OSError("the tests have no network")

socket.getaddrinfo = socket.create_connection = socket.socket.connect = _refuse
"""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables of a person's English terminal; Python in it cannot reach a network."""
    blocked = tmp_path_factory.mktemp("no_network")
    (blocked / "sitecustomize.py").write_text(_NO_NETWORK, encoding="utf-8")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("YUNCE_", "OPENAI_", "LC_"))
    }
    return kept | {"PYTHONPATH": str(blocked), "LANG": "en_US.UTF-8", "COLUMNS": "400"}


@pytest.fixture(scope="session")
def yunce(environment: dict[str, str]) -> Run:
    """Run the installed command in a folder; nothing it prints may be a traceback."""

    def run(
        *arguments: Any, cwd: Path, stdin: bytes | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [YUNCE, *(a if isinstance(a, bytes) else str(a) for a in arguments)],
            cwd=cwd,
            env=environment | variables,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert "Traceback" not in out + err
        return subprocess.CompletedProcess(arguments, done.returncode, out, err)

    return run


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command within this process, for arguments that are refused before much is done."""
    from bots.cli.main import cli

    monkeypatch.setenv("LANG", "en_US.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES", "YUNCE_LANGUAGE", "YUNCE_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: Any, folder: Path | None = None, stdin: bytes | None = None) -> Result:
        lead = ["--workspace", str(folder)] if folder else []
        return CliRunner().invoke(cli, [*lead, *map(str, arguments)], input=stdin, prog_name="yunce")

    return run


@pytest.fixture(scope="session")
def demo(demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration workspace which the tests only ask."""
    return Path(shutil.copytree(demo_workspace.root, tmp_path_factory.mktemp("cli") / "demo"))


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A small workspace of one's own: an empty library and a table of orders."""
    workspace = create_workspace(tmp_path / "company")
    shutil.rmtree(workspace.library)
    workspace.library.mkdir()
    (workspace.root / "data" / "orders.csv").write_text(
        "customer,ordered_at,amount\na,2026-03-02,10\nb,2026-03-03,20\na,2026-04-06,30\n", encoding="utf-8"
    )
    workspace.metrics_file.write_text(ORDERS, encoding="utf-8")
    return workspace.root


ORDERS = """\
timezone: Asia/Shanghai
relative_dates: data_end
sources:
  orders: {path: data/orders.csv, user: customer, time: ordered_at, event_name: purchase}
metrics:
  buyers: {kind: unique_users, event: purchase, names: {zh: 购买人数, en: buyers}}
"""
