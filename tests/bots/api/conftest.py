"""Two real servers over copies of the demonstration workspace: the owner's own, and one with keys."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant.keys import KeyRing
from assistant.storage import open_storage
from assistant.workspace import Workspace, create_workspace
from bots.api import create_app
from tests.bots.api.serving import client_of, serving

_LEDGER = (
    "  ledger: {path: data/ledger.csv, user: customer, time: at, event_name: payment, teams: [finance]}\n"
)
_PAYMENTS = "  ledger_payments: {kind: event_count, event: payment, source: ledger, names: {zh: 付款数, en: payments}}\n"


@dataclass(frozen=True)
class Keyed:
    """The server with keys: its address, and a client for each key's name."""

    address: str
    keys: dict[str, str]

    def client(self, name: str, *, language: str | None = None) -> httpx.Client:
        return client_of(self.address, key=self.keys[name], language=language)


@pytest.fixture(scope="session")
def copy_workspace(
    demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Workspace]:
    def copy() -> Workspace:
        folder = tmp_path_factory.mktemp("api") / "workspace"
        shutil.copytree(demo_workspace.root, folder)
        return Workspace(folder)

    return copy


@pytest.fixture(scope="session")
def local_address(copy_workspace: Callable[[], Workspace]) -> Iterator[str]:
    with serving(create_app(copy_workspace())) as address:
        yield address


@pytest.fixture
def local(local_address: str) -> Iterator[httpx.Client]:
    """A client of the owner's own server."""
    with client_of(local_address) as client:
        yield client


@pytest.fixture
def local_zh(local_address: str) -> Iterator[httpx.Client]:
    """The same, for someone who reads Chinese."""
    with client_of(local_address, language="zh-CN,zh;q=0.9,en;q=0.8") as client:
        yield client


@pytest.fixture(scope="session")
def keyed(copy_workspace: Callable[[], Workspace]) -> Iterator[Keyed]:
    """A server with keys of every role, and a source of data that only finance may see."""
    workspace = copy_workspace()
    _add_ledger(workspace)
    keys = make_keys(workspace)
    with serving(create_app(workspace)) as address:
        yield Keyed(address, keys)


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Workspace:
    """A workspace with the starter files, nothing taken in and no data."""
    return create_workspace(tmp_path / "empty")


def make_keys(workspace: Workspace) -> dict[str, str]:
    engine = open_storage(workspace.state)
    ring = KeyRing(engine)
    keys = {
        "boss": ring.create("boss", role="owner"),
        "growth-editor": ring.create("growth-editor", teams=["growth"], role="editor"),
        "growth-reader": ring.create("growth-reader", teams=["growth"]),
        "finance-editor": ring.create("finance-editor", teams=["finance"], role="editor"),
        "finance-reader": ring.create("finance-reader", teams=["finance"]),
    }
    engine.dispose()
    return keys


def _add_ledger(workspace: Workspace) -> None:
    rows = "customer,at\nc1,2026-09-01T10:00:00+08:00\nc2,2026-09-02T10:00:00+08:00\n"
    (workspace.root / "data" / "ledger.csv").write_text(rows, encoding="utf-8")
    text = workspace.metrics_file.read_text(encoding="utf-8")
    text = text.replace("\nevents:\n", f"\n{_LEDGER}\nevents:\n", 1).replace(
        "\nmetrics:\n", f"\nmetrics:\n{_PAYMENTS}", 1
    )
    workspace.metrics_file.write_text(text, encoding="utf-8")
