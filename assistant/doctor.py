"""Look at a workspace and say what is well and what is not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.errors import EXPECTED_ERRORS
from assistant.opening import open_knowledge, open_metrics
from assistant.planning.tactics import read_cards
from assistant.settings import Settings, interface_language, load_settings
from assistant.workspace import Workspace
from knowledge import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


def examine(workspace: Workspace) -> list[Check]:
    """Check settings, documents, their storage and indexes, tactic cards, data and model.

    An index that is damaged is built anew; nothing else is changed.
    """
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
        for name, found in knowledge.examine().items():
            yield Check(name, found.ok, found.detail.in_language(language))
        yield _index(knowledge, language)
        yield _failures(knowledge, language)
        cards, bad = read_cards(knowledge, teams=None)
        problems = "; ".join(f"{card.document.source}: {card.reason}" for card in bad)
        yield Check("tactics", not bad, f"{len(cards)}" + (f"; {problems}" if problems else ""))
    finally:
        knowledge.close()


def _index(knowledge: KnowledgeBase, language: str) -> Check:
    """Look at the indexes, and build what is damaged anew."""
    before = knowledge.probe()
    if before.ok:
        return Check("index", True, before.detail.in_language(language))
    after = knowledge.recovery.heal()
    was, now = before.detail.in_language(language), after.detail.in_language(language)
    if not after.ok:
        return Check("index", False, now)
    healed = (
        f"{was}；已根据目录库重建。{now}" if language == "zh" else f"{was}; rebuilt from the catalogue. {now}"
    )
    return Check("index", True, healed)


def _failures(knowledge: KnowledgeBase, language: str) -> Check:
    number = len(knowledge.failures())
    hint = "；查看：yunce ingest --failed" if language == "zh" else "; see: yunce ingest --failed"
    return Check("failed", not number, f"{number}{hint if number else ''}")


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
