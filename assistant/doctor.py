"""Look at a workspace and say what is well and what is not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.assistant import open_knowledge, open_metrics
from assistant.errors import EXPECTED_ERRORS
from assistant.planning.tactics import read_cards
from assistant.settings import Settings, interface_language, load_settings
from assistant.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


def examine(workspace: Workspace) -> list[Check]:
    """Check settings, documents, index, tactic cards, data and model; nothing is changed."""
    language = interface_language()
    try:
        settings = load_settings(workspace.settings_file)
    except EXPECTED_ERRORS as error:
        return [Check("settings", False, error.in_language(language))]
    checks = [Check("settings", True, str(workspace.settings_file))]
    for look in (_documents, _data, _model):
        checks += _guarded(look, workspace, settings, language)
    return checks


def _guarded(
    look: Callable[[Workspace, Settings, str], Iterator[Check]],
    workspace: Workspace,
    settings: Settings,
    language: str,
) -> Iterator[Check]:
    try:
        yield from look(workspace, settings, language)
    except EXPECTED_ERRORS as error:
        yield Check(look.__name__.strip("_"), False, error.in_language(language))


def _documents(workspace: Workspace, settings: Settings, language: str) -> Iterator[Check]:
    knowledge = open_knowledge(workspace, settings)
    try:
        documents = knowledge.documents(teams=None)
        yield Check("documents", bool(documents), f"{len(documents)}" if documents else "0: yunce ingest")
        health = knowledge.probe()
        yield Check("index", health.ok, health.detail.in_language(language))
        cards, bad = read_cards(knowledge, teams=None)
        problems = "; ".join(f"{card.document.source}: {card.reason}" for card in bad)
        yield Check("tactics", not bad, f"{len(cards)}" + (f"; {problems}" if problems else ""))
    finally:
        knowledge.close()


def _data(workspace: Workspace, settings: Settings, language: str) -> Iterator[Check]:
    metrics = open_metrics(workspace, settings)
    if metrics is None:
        yield Check("data", True, "metrics.yaml declares none 尚未声明")
        return
    try:
        for name in metrics.semantics.sources:
            coverage = metrics.coverage(name, teams=None)
            yield Check("data", True, f"{name}: {coverage.start} – {coverage.end}")
    finally:
        metrics.close()


def _model(workspace: Workspace, settings: Settings, language: str) -> Iterator[Check]:
    name = settings.model.name
    yield Check(
        "model",
        True,
        f"{name} ({settings.model.base_url or 'api.openai.com'})" if name else "embedded analyst 内置分析员",
    )
