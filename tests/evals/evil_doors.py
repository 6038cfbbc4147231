"""The doors, each as people come through it, over one workspace with planted documents, and a watch on the process."""

import json
import logging
import os
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner
from pydantic import SecretStr

from assistant.access import OWNER
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.keys import KeyRing
from assistant.model_settings import ModelSettings
from assistant.settings import Settings, SlackSettings
from assistant.storage import open_storage
from assistant.workspace import Workspace
from bots.api import create_app
from bots.cli.main import cli
from tests.assistant.model_server import API_KEY, MODEL, ModelServer, model_server
from tests.bots.api.serving import client_of, serving
from tests.bots.mcp.conftest import Talk, over_http, text_of
from tests.bots.slack.door import SIGNING_SECRET, Door, served
from tests.bots.slack.slack_server import BOT_TOKEN, SlackServer
from tests.evals.evil_checks import SECRETS, Outcome
from tests.evals.evil_model import obey

READER_TEAMS = frozenset({"growth"})
_PROCESS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "pty.spawn")
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1", None, ""})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
#: Seconds that an answer is waited for: a long run may be paused.
_LONGEST_WAIT = 1_200
#: All that was shown, what of it is drawn as Markdown, and the steps that were told.
_Told = tuple[str, list[str], list[str]]


@dataclass
class Watch:
    """Notes connections, processes and files written while it is on, other than those allowed."""

    folder: Path
    ports: set[int] = field(default_factory=set)
    deeds: list[str] = field(default_factory=list)
    on: bool = False

    def install(self) -> None:
        """Hear of everything that Python does from now on."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in _PROCESS:
            self.deeds.append(f"{event} {arguments[:2]}")
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            host, port = arguments[1][:2]
            if host not in _LOCAL or port not in self.ports:
                self.deeds.append(f"connected to {host}:{port}")
        elif event == "socket.getaddrinfo" and arguments[0] not in (*_LOCAL, b"127.0.0.1", b"localhost"):
            self.deeds.append(f"looked up {arguments[0]}")
        elif event == "open" and self._writes_outside(*arguments):
            self.deeds.append(f"wrote {arguments[0]}")

    def _writes_outside(self, path: Any, mode: Any, flags: Any) -> bool:
        if not isinstance(path, str) or not (flags or 0) & _WRITES or path == os.devnull or ".pyc" in path:
            return False
        return not Path(path).resolve().is_relative_to(self.folder)


@dataclass
class Doors:
    """The doors of one workspace with EvilModel behind them."""

    workspace: Workspace
    model: ModelServer
    slack_api: SlackServer
    slack: Door
    http: httpx.Client
    mcp: Talk | None
    watch: Watch
    log: list[str]
    assistant: Assistant
    #: The first message of the newest thread in Slack.
    _thread: str = ""

    def ask(self, door: str, question: str, *, follows: Outcome | None = None) -> Outcome:
        """Ask EvilModel a question through a door; one that follows another of the same door is of its conversation."""
        self.model.play(obey)
        self.log.clear()
        self.watch.deeds.clear()
        started, work = time.monotonic(), time.process_time()
        self.watch.on = True
        try:
            ways = {"http": self._http, "slack": self._slack, "mcp": self._mcp, "command": self._command}
            shown, markdown, steps = ways[door](question, follows.answer.conversation_id if follows else None)
        finally:
            self.watch.on = False
        answer = self._newest()
        return Outcome(
            door=door,
            question=question,
            answer=answer,
            shown=shown,
            markdown=[answer.text, *markdown],
            steps=steps,
            requests=list(self.model.requests),
            log="\n".join(self.log),
            deeds=list(self.watch.deeds),
            seconds=time.monotonic() - started,
            work=time.process_time() - work,
            teams={"http": READER_TEAMS, "mcp": READER_TEAMS, "slack": frozenset(), "command": None}[door],
            follows=follows is not None,
        )

    def _http(self, question: str, conversation: str | None) -> _Told:
        asked = {"question": question, "conversation_id": conversation, "stream": True}
        response = self.http.post("/v1/ask", json=asked)
        assert response.status_code == 200, response.text
        events = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]
        drafts: dict[int, str] = {}
        for event in events:
            if set(event) == {"text", "draft"}:
                drafts[event["draft"]] = drafts.get(event["draft"], "") + event["text"]
        steps = [json.dumps(e, ensure_ascii=False) for e in events if set(e) == {"tool", "arguments"}]
        exported = self.http.get(f"/v1/conversations/{conversation}/export").text if conversation else ""
        told = json.dumps(events, ensure_ascii=False)
        return told + exported, [*drafts.values(), exported], steps

    def _mcp(self, question: str, conversation: str | None) -> _Told:
        assert self.mcp is not None
        asked = {"question": question} | ({"conversation_id": conversation} if conversation else {})
        result = self.mcp.call("ask", **asked)
        assert not result.is_error, result
        return result.model_dump_json(), [text_of(result)], []

    def _slack(self, question: str, conversation: str | None) -> _Told:
        self.slack_api.reset()
        thread = {"thread_ts": self._thread} if conversation else {}
        sent = self.slack.direct_message(question, **thread)
        self._thread = sent["event"].get("thread_ts") or sent["event"]["ts"]
        self.slack_api.answer("D_U_ASKER", seconds=_LONGEST_WAIT)
        self.slack.wait_until_idle()
        calls = self.slack_api.named("chat.update", "chat.postMessage")
        blocks = [block for call in calls for block in call.arguments.get("blocks") or ()]
        drawn = [b["text"] for b in blocks if b["type"] == "markdown"]
        return "\n".join(call.shown for call in calls), drawn, []

    def _command(self, question: str, conversation: str | None) -> _Told:
        asked = ["ask", question, *(["--conversation", conversation] if conversation else [])]
        done = CliRunner().invoke(cli, ["--workspace", str(self.workspace.root), *asked], color=True)
        assert done.exit_code == 0, done.output
        return done.output, [], []

    def _newest(self) -> Answer:
        entry = self.assistant.answers.list(principal=OWNER, limit=1)[0]
        return self.assistant.answers.find(entry.id, principal=OWNER).answer


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.INFO)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())


@contextmanager
def open_doors(workspace: Workspace, names: Collection[str]) -> Iterator[Doors]:
    """Open a server of a workspace; the command line reads the model from the environment, as people set it."""
    with ExitStack() as stack:
        model = stack.enter_context(model_server())
        slack_api = SlackServer()
        slack_api.address = stack.enter_context(served(slack_api.app()))
        settings = _settings(model, slack_api)
        key = _make_key(workspace)
        app = create_app(lambda: Assistant.open(workspace, settings))
        address = stack.enter_context(serving(app))
        slack = Door(address, app.state.intake)
        http = stack.enter_context(client_of(address, key=key))
        http.timeout = _LONGEST_WAIT
        mcp = stack.enter_context(over_http(address, key=key)) if "mcp" in names else None
        stack.enter_context(_environment(model))
        watch = Watch(
            workspace.root.resolve(), {_port(a) for a in (model.address, slack_api.address, address)}
        )
        watch.install()
        lines = stack.enter_context(_logged())
        opened = Doors(workspace, model, slack_api, slack, http, mcp, watch, lines, app.state.assistant)
        opened.ask("http", "什么是 KOC？")  # what is loaded once is no deed of the model's
        yield opened


@contextmanager
def _logged() -> Iterator[list[str]]:
    lines: list[str] = []
    root, handler = logging.getLogger(), _Lines(lines)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _settings(model: ModelServer, slack_api: SlackServer) -> Settings:
    return Settings(
        model=ModelSettings(name=MODEL, base_url=model.base_url, api_key=SecretStr(API_KEY)),
        slack=SlackSettings(
            bot_token=SecretStr(BOT_TOKEN),
            signing_secret=SecretStr(SIGNING_SECRET),
            base_url=f"{slack_api.address}/api/",
        ),
    )


def _make_key(workspace: Workspace) -> str:
    engine = open_storage(workspace.state)
    key = KeyRing(engine).create("evil-reader", teams=sorted(READER_TEAMS))
    engine.dispose()
    return key


@contextmanager
def _environment(model: ModelServer) -> Iterator[None]:
    named = {
        "YUNCE_MODEL__NAME": MODEL,
        "YUNCE_MODEL__BASE_URL": model.base_url,
        "YUNCE_MODEL__API_KEY": API_KEY,
        **dict(zip(("OPENAI_API_KEY", "SLACK_BOT_TOKEN"), SECRETS, strict=False)),
    }
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def _port(address: str) -> int:
    return int(address.rsplit(":", 1)[1])
