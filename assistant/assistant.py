"""The assistant: everything a door needs, composed once per workspace."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Self

from langchain_core.messages import AnyMessage

from assistant.access import Directory, Principal
from assistant.answer import Answer, AskEvent
from assistant.conversation import Conversations, conversation_id, recall, thread_config
from assistant.errors import EXPECTED_ERRORS, InvalidQuestion
from assistant.keys import KeyRing
from assistant.language import asker_language
from assistant.ledger.lexicon import EMPTY, read_lexicon
from assistant.opening import open_knowledge, open_metrics
from assistant.planning.advice import Advice, Advisor
from assistant.planning.book import PlanBook
from assistant.planning.drafting import PlanDrafter
from assistant.planning.plans import Plan, PlanRequest
from assistant.replay.book import AnswerBook
from assistant.replay.findings import Replay
from assistant.settings import Settings, load_settings
from assistant.storage import open_storage
from assistant.turn import Turn
from assistant.usage import Meter
from assistant.visibility import Visibility
from assistant.workspace import Workspace
from knowledge import KnowledgeBase
from tools import Metrics

LONGEST_QUESTION = 8_000
_LOG = logging.getLogger(__name__)


class Assistant:
    """Answer questions, advise and plan over one workspace. Open it once; it is safe to share between requests."""

    def __init__(
        self, *, settings: Settings, knowledge: KnowledgeBase, metrics: Metrics | None, state: Path
    ) -> None:
        engine = open_storage(state)
        self.settings = settings
        self.knowledge = knowledge
        self.metrics = metrics
        self.storage = engine
        self.keys = KeyRing(engine)
        self.plans = PlanBook(engine, knowledge, metrics)
        self.directory = Directory(settings.teams)
        self.answers = AnswerBook(engine, knowledge, metrics, keep_days=settings.answers.keep_days)
        self._advisor = Advisor(knowledge, metrics)
        self._drafter = PlanDrafter(knowledge, metrics, self._advisor)
        self._conversations = Conversations(state)
        self._state = state
        self._agent: Any = None
        self._models: Any = None
        self._building = asyncio.Lock()

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings | None = None) -> Self:
        """Open a workspace: settings, documents, data and the assistant's own tables.

        Raises:
            SettingsError: yunce.toml or the environment cannot be used.
            SemanticsError, MetricError: metrics.yaml or its data cannot be used.
        """
        settings = settings or load_settings(workspace.settings_file)
        return cls(
            settings=settings,
            knowledge=open_knowledge(workspace, settings),
            metrics=open_metrics(workspace, settings),
            state=workspace.state,
        )

    async def ask(
        self,
        question: str,
        *,
        principal: Principal,
        conversation: str | None = None,
        language: str | None = None,
        collections: Sequence[str] | None = None,
        reply_to: str | None = None,
    ) -> Answer:
        """Answer a question for a principal.

        Args:
            question: The question.
            principal: Who asks.
            conversation: Id of the conversation that it belongs to; None begins one.
            language: "zh" or "en"; the question's if None.
            collections: Read only these collections.
            reply_to: Where the asker can be told, in the door's own words, should a document answer it later.

        Raises:
            InvalidQuestion: The question is empty, too long, or not text.
        """
        events = self.events(
            question,
            principal=principal,
            conversation=conversation,
            language=language,
            collections=collections,
            reply_to=reply_to,
        )
        last = [event async for event in events][-1]
        return Answer.model_validate(last.data)

    async def events(
        self,
        question: str,
        *,
        principal: Principal,
        conversation: str | None = None,
        language: str | None = None,
        collections: Sequence[str] | None = None,
        reply_to: str | None = None,
    ) -> AsyncGenerator[AskEvent]:
        """Answer a question, telling each step as it happens; the last event is the answer."""
        from assistant.curated import curated_events, find_curated, remember_curated, write_curated
        from assistant.run import answer_events
        from assistant.unanswered import noting_unanswered

        question = check_question(question)
        started = time.monotonic()
        config = thread_config(principal, thread := conversation_id(conversation))
        turn = self._turn(question, principal, language, collections)
        if (pin := await asyncio.to_thread(find_curated, self.knowledge, turn)) is not None:
            answer = await asyncio.to_thread(
                write_curated, pin, self.knowledge, turn, conversation=thread, started=started
            )
            await self._remember(config, remember_curated(pin, question, answer))
            await asyncio.to_thread(self.answers.keep, answer, turn)
            for event in curated_events(answer):
                yield event
            return
        agent = await self._compiled()
        async with self._conversations.turn(config):
            await self._recall(agent, config, turn)
            run = answer_events(agent, config, turn, conversation=thread, started=started)
            async with aclosing(noting_unanswered(run, self.knowledge, turn, reply_to)) as events:
                async for event in events:
                    if event.event == "answer":
                        answer = Answer.model_validate(event.data)
                        await asyncio.to_thread(self.answers.keep, answer, turn)
                    yield event

    async def replay(self, answer_id: str, *, principal: Principal) -> Replay:
        """Measure again and look up again what an answer leans on, and say what changed and why.

        Raises:
            AnswerNotFound: There is none with this id that the principal was given, or not any more.
        """
        from assistant.replay.replaying import replay_answer

        kept = self.answers.find(answer_id, principal=principal)
        return await asyncio.to_thread(
            replay_answer, kept, knowledge=self.knowledge, metrics=self.metrics, principal=principal
        )

    async def suggest_tactics(
        self,
        *,
        principal: Principal,
        stage: str | None = None,
        query: str | None = None,
        language: str = "en",
    ) -> tuple[Advice, Turn]:
        """Rank tactics for a stage, or for the weakest stage; the Turn holds the evidence and the cards cited."""
        turn = self._turn(query or "", principal, language, None)
        advice = await asyncio.to_thread(self._advisor.advise, turn, stage=stage, query=query)
        return advice, turn

    async def draft_plan(self, request: PlanRequest, *, principal: Principal) -> Plan:
        """Draft a plan from the data and the playbooks, and save it as a draft of this principal."""
        turn = self._turn(request.objective, principal, request.language, None)
        plan = await asyncio.to_thread(self._drafter.draft, request, turn)
        self.plans.save(plan, principal)
        return plan

    async def aclose(self) -> None:
        """Close what is open."""
        if self._models is not None:
            await self._models.aclose()
        await self._conversations.close()
        self.knowledge.close()
        if self.metrics is not None:
            self.metrics.close()
        self.storage.dispose()

    def _turn(
        self, question: str, principal: Principal, language: str | None, collections: Sequence[str] | None
    ) -> Turn:
        configured = None if self.settings.language == "auto" else self.settings.language
        return Turn(
            principal=principal,
            question=question,
            language=language or configured or asker_language(question),
            collections=tuple(collections) if collections else None,
            today=self._today(principal) if self.settings.model.name else None,
            meter=Meter(currency=self.settings.model.currency),
            names=self._names(),
            lexicon=read_lexicon(self.metrics.semantics) if self.metrics else EMPTY,
        )

    def _today(self, principal: Principal) -> str | None:
        if self.metrics is None:
            return None
        try:
            return self.metrics.today(teams=principal.teams).isoformat()
        except EXPECTED_ERRORS:
            return None

    def _names(self) -> tuple[str, ...]:
        """Names with digits in them, which the ledger must not take for numerals."""
        if self.metrics is None:
            return ()
        semantics = self.metrics.semantics
        values = (value for d in semantics.dimensions.values() for value in d.values.values())
        declared = (*semantics.metrics.values(), *semantics.events.values(), *values)
        words = {word for item in declared for word in (item.names.zh, item.names.en, *item.synonyms) if word}
        return tuple(sorted((w for w in words if any(c.isdigit() for c in w)), key=len, reverse=True))

    async def _recall(self, agent: Any, config: dict[str, Any], turn: Turn) -> None:
        state = await agent.aget_state(config)
        visibility = Visibility(self.knowledge, self.metrics, turn.principal.teams)
        await asyncio.to_thread(recall, state.values.get("messages", []), turn, visibility)

    async def _remember(self, config: dict[str, Any], messages: Sequence[AnyMessage]) -> None:
        """Let the turns to come know of one that the agent had no part in, and which does not fail if that does."""
        try:
            agent = await self._compiled()
            async with self._conversations.turn(config):
                await agent.aupdate_state(config, {"messages": messages}, as_node="model")
        except EXPECTED_ERRORS:
            _LOG.warning("a curated answer could not be remembered", exc_info=True)

    async def _compiled(self) -> Any:
        async with self._building:
            if self._agent is None:
                from assistant.composition import Models, compose_agent

                self._models = await asyncio.to_thread(Models, self.settings.model, self._state)
                self._agent = await asyncio.to_thread(
                    compose_agent,
                    models=self._models,
                    knowledge=self.knowledge,
                    metrics=self.metrics,
                    advisor=self._advisor,
                    checkpointer=await self._conversations.saver(),
                )
            return self._agent


def check_question(question: str) -> str:
    """Return the question, cleaned of what is not text.

    Raises:
        InvalidQuestion: Nothing is left, or it is longer than 8,000 characters.
    """
    text = question.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()
    if not text:
        raise InvalidQuestion(en="The question is empty.", zh="问题是空的。", parameter="question")
    if len(text) > LONGEST_QUESTION:
        raise InvalidQuestion(
            en=f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} are read. "
            "Put long material into a document and ask about it.",
            zh=f"问题有 {len(text):,} 个字符，最多可读 {LONGEST_QUESTION:,} 个。长材料请先作为文档入库再提问。",
            parameter="question",
        )
    return text
