"""Look at a workspace and say what is well and what is not."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.errors import EXPECTED_ERRORS
from assistant.model_settings import EndpointSettings, ModelSettings
from assistant.opening import open_knowledge, open_metrics
from assistant.planning.tactics import read_cards
from assistant.settings import Settings, interface_language, load_settings
from assistant.storage import AnswerRow, open_storage
from assistant.workspace import Workspace
from knowledge import KnowledgeBase
from tools.grammar import agree


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


def examine(workspace: Workspace, *, language: str | None = None) -> list[Check]:
    """Check settings, documents, their storage and indexes, tactic cards, data, answers and model.

    An index that is damaged is built anew; nothing else is changed. The details are in `language`, by default that
    of the workspace or the terminal.
    """
    language = language or interface_language(workspace.settings_file)
    try:
        settings = load_settings(workspace.settings_file)
    except EXPECTED_ERRORS as error:
        return [Check("settings", False, error.in_language(language))]
    checks = [Check("settings", True, str(workspace.settings_file))]
    for look in (_documents, _data, _answers, _model):
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
        missing = "还没有文档，请运行 yunce ingest" if language == "zh" else "none yet; run yunce ingest"
        yield Check("documents", bool(documents), f"{len(documents)}" if documents else missing)
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
        f"发现问题并已根据目录库修复（原因：{was}）。{now}"
        if language == "zh"
        else f"A problem was found and mended from the catalogue (it was: {was}). {now}"
    )
    return Check("index", True, healed)


def _failures(knowledge: KnowledgeBase, language: str) -> Check:
    number = len(knowledge.failures())
    hint = "；查看：yunce ingest --failed" if language == "zh" else "; see: yunce ingest --failed"
    return Check("failed", not number, f"{number}{hint if number else ''}")


def _data(workspace: Workspace, settings: Settings, language: str) -> Iterator[Check]:
    metrics = open_metrics(workspace, settings)
    if metrics is None:
        none = "metrics.yaml 尚未声明数据" if language == "zh" else "metrics.yaml declares none"
        yield Check("data", True, none)
        return
    try:
        for name in metrics.semantics.sources:
            coverage = metrics.coverage(name, teams=None)
            yield Check("data", True, f"{name}: {coverage.start} – {coverage.end}")
        if metrics.semantics.market is not None:
            noted = metrics.noted_days(teams=None)
            yield Check("data", True, f"market: {noted.start} – {noted.end}")
    finally:
        metrics.close()


def _answers(workspace: Workspace, settings: Settings, language: str) -> Iterator[Check]:
    """Count what is kept, and tell until when."""
    engine = open_storage(workspace.state)
    thread = AnswerRow.principal_id + "|" + AnswerRow.conversation_id
    with Session(engine) as session:
        answers, threads = session.execute(select(func.count(), func.count(thread.distinct()))).one()
    engine.dispose()
    days, most = settings.answers.keep_days, settings.answers.keep_most
    zh = f"{threads:,} 段会话，{answers:,} 个回答；保存 {days} 天，最多 {most:,} 个"
    en = f"{answers:,} in {threads:,} conversations; kept for {days} days, at most {most:,}"
    yield Check("answers", True, zh if language == "zh" else agree(en))


def _model(workspace: Workspace, settings: Settings, language: str) -> Iterator[Check]:
    """Look at the prompts and ask each model for a word."""
    from assistant.prompts import Prompts

    Prompts(settings.model.prompts)
    if not settings.model.endpoints:
        yield Check("model", True, "内置分析员" if language == "zh" else "embedded analyst")
    for endpoint in settings.model.endpoints:
        yield _endpoint(workspace, endpoint, settings.model, language)


def _endpoint(
    workspace: Workspace, endpoint: EndpointSettings, settings: ModelSettings, language: str
) -> Check:
    from assistant.breaker import open_breaker
    from assistant.probe import ask_for_a_word

    breaker = open_breaker(workspace.state, settings)
    trouble = breaker.find(endpoint.place)
    failure = asyncio.run(ask_for_a_word(endpoint, settings))
    if failure is None:
        breaker.succeed(endpoint.place)
        return Check("model", True, endpoint.place)
    words = failure.zh if language == "zh" else f" {failure.en}"
    if trouble and trouble.rests:
        words += (
            f"；已连续失败 {trouble.failures} 次，暂停使用至 {trouble.clock}"
            if language == "zh"
            else f"; it failed {trouble.failures} times in a row and is left alone until {trouble.clock}"
        )
    return Check("model", False, endpoint.place + words)
