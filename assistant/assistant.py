"""The assistant: everything a door needs, composed once per workspace."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

from assistant.access import Directory, Principal
from assistant.answer import Answer, AskEvent
from assistant.conversation.book import ConversationBook
from assistant.conversation.memory import find_standing, recall
from assistant.conversation.requests import check_question, read_request
from assistant.conversation.thread import Thread, ThreadLocks, open_thread
from assistant.errors import EXPECTED_ERRORS
from assistant.keys import KeyRing
from assistant.language import asker_language
from assistant.ledger.lexicon import EMPTY, read_lexicon
from assistant.opening import open_knowledge, open_metrics
from assistant.planning.advice import Advice, Advisor
from assistant.planning.book import PlanBook
from assistant.planning.drafting import PlanDrafter
from assistant.planning.plans import Plan, PlanRequest
from assistant.replay.book import AnswerBook, KeptAnswer
from assistant.replay.findings import Replay
from assistant.settings import Settings, load_settings
from assistant.storage import open_storage
from assistant.turn import Turn
from assistant.usage import Meter
from assistant.visibility import Visibility
from assistant.workspace import Workspace
from knowledge import KnowledgeBase
from tools import Metrics


class AskOptions(TypedDict, total=False):
    """How a question is asked.

    Attributes:
        conversation: Id of the conversation that it belongs to; None begins one.
        language: "zh" or "en"; the question's if None.
        collections: Read only these collections.
        reply_to: Where the asker can be told, in the door's own words, should a document answer it later.
        replace: Id of an answer of the conversation; this question takes the place of that one's and of all after it.
    """

    conversation: str | None
    language: str | None
    collections: Sequence[str] | None
    reply_to: str | None
    replace: str | None


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
        self.answers = AnswerBook(engine, knowledge, metrics, **settings.answers.model_dump())
        self.conversations = ConversationBook(self.answers)
        self._advisor = Advisor(knowledge, metrics)
        self._drafter = PlanDrafter(knowledge, metrics, self._advisor)
        self._threads = ThreadLocks()
        self._state = state
        self._agent: Any = None
        self._models: Any = None
        self._building = asyncio.Lock()
        self.answers.prune()

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

    async def ask(self, question: str, *, principal: Principal, **options: Unpack[AskOptions]) -> Answer:
        """Answer a question for a principal.

        Raises:
            InvalidQuestion: The question is empty, too long, or not text.
            InvalidRequest: The conversation's id is none, or what is to be replaced cannot be.
            AnswerNotFound: The principal was given no such answer that could be replaced.
        """
        last = [event async for event in self.events(question, principal=principal, **options)][-1]
        return Answer.model_validate(last.data)

    async def events(
        self, question: str, *, principal: Principal, **options: Unpack[AskOptions]
    ) -> AsyncGenerator[AskEvent]:
        """Answer a question, telling each step as it happens; the last event is the answer."""
        question = check_question(question)
        started = time.monotonic()
        thread = await asyncio.to_thread(self._thread, principal, options)
        async with self._threads.hold(thread):
            turn, earlier = await asyncio.to_thread(self._open_turn, question, principal, thread, options)
            run = self._answering(turn, earlier, thread, options.get("reply_to"), started)
            async with aclosing(run) as events:
                async for event in events:
                    if event.event == "answer":
                        answer = Answer.model_validate(event.data)
                        await asyncio.to_thread(self.answers.keep, answer, turn)
                    yield event

    async def _answering(
        self,
        turn: Turn,
        earlier: Sequence[KeptAnswer],
        thread: Thread,
        reply_to: str | None,
        started: float,
    ) -> AsyncGenerator[AskEvent]:
        from assistant.curated import curated_events, find_curated, write_curated

        named: dict[str, Any] = {"conversation": thread.conversation_id, "started": started}
        if (pin := await asyncio.to_thread(find_curated, self.knowledge, turn)) is not None:
            answer = await asyncio.to_thread(write_curated, pin, self.knowledge, turn, **named)
            for event in curated_events(answer):
                yield event
            return
        from assistant.conversation.messages import tell_earlier
        from assistant.run import answer_events
        from assistant.unanswered import noting_unanswered

        run = answer_events(await self._compiled(), turn, earlier=tell_earlier(earlier, turn), **named)
        async with aclosing(noting_unanswered(run, self.knowledge, turn, reply_to)) as events:
            async for event in events:
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
        self.knowledge.close()
        if self.metrics is not None:
            self.metrics.close()
        self.answers.engine.dispose()
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

    def _thread(self, principal: Principal, options: AskOptions) -> Thread:
        conversation, replace = options.get("conversation"), options.get("replace")
        if replace is None:
            return open_thread(principal, conversation)
        return self.conversations.thread_of(replace, principal=principal, conversation=conversation)

    def _open_turn(
        self, question: str, principal: Principal, thread: Thread, options: AskOptions
    ) -> tuple[Turn, list[KeptAnswer]]:
        """Return the turn of a question, and the earlier ones of its thread that it may lean on."""
        replace = options.get("replace")
        replaces = self.conversations.turns_from(replace, principal=principal) if replace else ()
        gone = {item.id for item in replaces}
        earlier = [kept for kept in self.answers.thread(thread) if kept.answer.id not in gone]
        seen = Visibility(self.knowledge, self.metrics, principal.teams)
        standing = find_standing(earlier, principal, seen)
        request = read_request(question, [kept.answer for kept in standing])
        language = options.get("language") or request.language
        turn = self._turn(request.question, principal, language, options.get("collections"))
        turn.asked = question if request.question != question else None
        turn.replaces = replaces
        recall(turn, standing, seen, forgotten=earlier[len(standing) :], again=request.again)
        return turn, standing

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
                )
            return self._agent
