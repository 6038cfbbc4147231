"""Read a question: what is asked, of which metric, when, split by what, for whom.

Rules, not a model: each intent is a pattern over the question, tried in order; metrics, dimensions and values come from
the workspace's vocabulary, periods from `time_expressions`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.analyst.clock import AnyClock
from assistant.analyst.counting import counted_metric
from assistant.analyst.earlier_periods import find_earlier
from assistant.analyst.experiment_reading import blank, find_experiment, strip_arms
from assistant.analyst.follow_ups import follow_up, leans
from assistant.analyst.future import find_future, move_ahead
from assistant.analyst.market_reading import find_whose, read_market
from assistant.analyst.move_reading import read_move
from assistant.analyst.options import read_options
from assistant.analyst.patterns import (
    ACTIVE,
    DEFINE,
    EACH,
    EXCEPT,
    FORECAST,
    FUNNEL,
    GREETING,
    GROWTH,
    HELP,
    HOW,
    HOW_MUCH,
    IDIOM,
    IMPROVE,
    INTERVALS,
    MEANING,
    OURS,
    PLAN,
    REPEAT,
    RETENTION,
    SPLIT,
    TACTICS,
    THANKS,
    WHO_AFTER,
    WHO_BEFORE,
    WHY,
)
from assistant.analyst.places import find_people, find_place
from assistant.analyst.ranking import read_ranking
from assistant.analyst.reading import MEASURING, Intent, Reading, asks_for_data
from assistant.analyst.routing import choose_tool
from assistant.analyst.time_expressions import find_periods
from assistant.analyst.tool_choice import INTENT_TOOLS, TOOL_INTENTS, is_of_tool, settle_tool
from assistant.analyst.unread import asking_words, list_left_over, list_unread, strip_read
from assistant.analyst.vocabulary import Mention, Vocabulary
from knowledge.language import to_simplified


def read_question(
    question: str, *, language: str, vocabulary: Vocabulary, clock: AnyClock, before: Reading | None = None
) -> Reading:
    """Return the reading of `question`; `before` is the reading that a follow-up such as 那安卓呢? leans on.

    Raises:
        InvalidRequest: A period in the question is backwards or does not exist.
    """
    text = to_simplified(question)
    periods = find_periods(text, clock)
    rest = text
    for period in periods:  # 上周留存 holds no 周留存
        rest = blank(period.words, rest)
    if (earlier := find_earlier(text)) is not None:
        rest = blank(earlier.words, rest)
    experiment = find_experiment(text, vocabulary.semantics)
    others = blank(experiment.words, rest) if experiment else rest
    mentions = vocabulary.find(IDIOM.sub(lambda idiom: " " * len(idiom.group()), others))
    ordered, choice = sorted(periods, key=lambda p: p.start), choose_tool(text, rest, mentions)
    own = [m for m in mentions if not is_of_tool(m, choice)]
    filters, excluded = _filters(rest, own), _excluded(rest, own)
    reading = Reading(
        intent="lookup",
        question=question,
        language=language,
        metrics=tuple(dict.fromkeys(m.name for m in mentions if m.kind == "metric"))
        or (counted_metric(rest, mentions, vocabulary) if choice is None else ()),
        period=ordered[-1] if ordered else None,
        compared=ordered[-1].compare_with(ordered[0]) if len(ordered) > 1 else None,
        breakdown=_breakdown(rest, mentions, filters),
        filters=filters | vocabulary.others(excluded),
        interval=next((name for name, pattern in INTERVALS if pattern.search(rest)), None),
        steps=_steps(rest, mentions),
        who=_who(rest, mentions),
        options=read_options(rest),
        segments=tuple(dict.fromkeys(m.name for m in mentions if m.kind == "segment")),
        unread=list_unread(rest, mentions, choice),
        ranking=read_ranking(rest),
        earlier=earlier,
    )
    if earlier and reading.period and not reading.compared and earlier.words not in reading.period.words:
        reading = replace(reading, compared=earlier.of(reading.period))
    intent, term = _intent(text, reading)
    if intent == "forecast" and (ahead := find_future(text, clock)):
        rest = blank(ahead.words, rest)
        reading = replace(reading, period=ahead, unread=list_unread(rest, mentions, choice))
    elif intent == "forecast" and reading.period is not None:
        reading = replace(reading, period=move_ahead(reading.period, clock))
    tool = settle_tool(text, reading, intent, choice, vocabulary.semantics, experiment)
    if tool == "analyze_experiment" and experiment and vocabulary.semantics:
        rest = strip_arms(others, experiment.key, vocabulary.semantics)
    noted = read_market(rest, tool, intent, choice, vocabulary, clock)
    if whose := find_whose(rest, noted, intent, reading.metrics, vocabulary):
        tool, noted, intent = None, None, "metric"
    tool = noted.tool if noted else tool
    intent = TOOL_INTENTS.get(tool, "tool") if tool else intent
    tool = tool or INTENT_TOOLS.get(intent)
    unread = (
        (*list_unread(noted.rest, [], choice, strip=True), *list_left_over(noted.rest, mentions))
        if noted
        else list_unread(rest, mentions, choice, strip=True)
        if tool
        else (*reading.unread, *_unused(reading, vocabulary))
    )
    options = reading.options | (noted.options if noted else {})
    if (move := read_move(rest, tool, mentions, vocabulary.semantics)) is not None:
        options |= move.options
        unread = list_unread(move.rest, mentions, choice, strip=True)
        reading = replace(reading, filters={k: v for k, v in filters.items() if k not in move.dimensions})
    place = (
        whose
        or find_place(text, unread)
        or find_people(strip_read(rest, mentions, choice), unread, asking_words())
    )
    reading = replace(
        reading, intent=intent, term=term, tool=tool, options=options, unread=unread, place=place
    )
    if before and leans(text, reading, before):
        reading = follow_up(reading, before)
    return reading if reading.intent in MEASURING else replace(reading, place=None)


def _intent(question: str, reading: Reading) -> tuple[Intent, str | None]:
    for intent, pattern in _SPOKEN:
        if pattern.search(question):
            return intent, None
    if WHY.search(question):
        return ("explain" if reading.metric else "lookup"), None
    if reading.metric and FORECAST.search(question):
        return "forecast", None
    if reading.period is None and (term := _term(question)) and not _asks_for_ours(question, reading):
        return "define", term
    if reading.metric and IMPROVE.search(question):
        return "tactics", None
    measured = reading.metric is not None or reading.period is not None
    if not measured and not HOW_MUCH.search(question) and HOW.search(question):
        return "how_to", None
    return _measurement(question, reading), None


def _asks_for_ours(question: str, reading: Reading) -> bool:
    """Tell "what is our GMV?" from "what is GMV?": the first wants the figure."""
    if MEANING.search(question):
        return False
    split = reading.filters or reading.breakdown or (reading.interval and EACH.search(question))
    return bool(reading.metric and (split or OURS.search(question)))


def _measurement(question: str, reading: Reading) -> Intent:
    """Tell which measurement is asked for; a question that names data but no amount is looked up."""
    how_to = bool(HOW.search(question)) and reading.period is None and not HOW_MUCH.search(question)
    if how_to:
        return "how_to"
    if FUNNEL.search(question):
        return "funnel"
    if GROWTH.search(question):
        return "growth"
    if reading.metric and asks_for_data(question, reading):
        return "metric"
    if RETENTION.search(question) and asks_for_data(question, reading):
        return "retention"
    if ACTIVE.search(question) and asks_for_data(question, reading):
        return "active"
    return "lookup"


#: What stands around a term and is none of it: our …, …的定义.
_WHOSE = re.compile(r"^\s*(?:我们|咱们|公司|our|my)\s*的?\s*|\s*的?(?:定义|含义|口径)\s*$", re.IGNORECASE)


def _term(question: str) -> str | None:
    match = DEFINE.search(question)
    if not match:
        return None
    term = _WHOSE.sub("", next(filter(None, match.groupdict().values()), "")).strip()
    return term or None


def _breakdown(
    question: str, mentions: Sequence[Mention], filters: Mapping[str, Sequence[str]]
) -> str | None:
    for mention in mentions:
        if mention.kind == "dimension" and SPLIT.search(question[: mention.start]):
            return mention.name
    compared = [dimension for dimension, values in filters.items() if len(values) > 1]
    if compared:  # Android vs iOS: beside each other, not in one pot
        return compared[0]
    named = [m.name for m in mentions if m.kind == "dimension"]
    return named[0] if named and not WHY.search(question) else None


def _filters(question: str, mentions: Sequence[Mention]) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.kind == "value" and mention.dimension and not EXCEPT.search(question[: mention.start]):
            values = filters.setdefault(mention.dimension, [])
            if mention.name not in values:
                values.append(mention.name)
    return filters


def _excluded(question: str, mentions: Sequence[Mention]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mention in mentions:
        if mention.kind == "value" and mention.dimension and EXCEPT.search(question[: mention.start]):
            found.setdefault(mention.dimension, set()).add(mention.name)
    return found


def _steps(question: str, mentions: list[Mention]) -> tuple[str, ...]:
    events = tuple(m.name for m in mentions if m.kind == "event")
    if REPEAT.search(question):
        return (events[0], events[0]) if events else ("*", "*")
    return events


def _who(question: str, mentions: Sequence[Mention]) -> str | None:
    """Return the event that the users asked about did: 下单用户的留存, people who purchased."""
    for mention in mentions:
        before, after = question[: mention.start], question[mention.end :]
        if mention.kind == "event" and (WHO_BEFORE.search(before) or WHO_AFTER.match(after)):
            return mention.name
    return None


def _unused(reading: Reading, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the event that limits the users where the metric is not about it: it limits nothing then."""
    if reading.who is None or reading.metric is None or vocabulary.semantics is None:
        return ()
    metric = vocabulary.semantics.metrics[reading.metric].model_dump()
    own = {*(metric.get("steps") or ()), metric.get("event"), metric.get("cohort_event")}
    text = vocabulary.semantics.event_text(reading.who).in_language(reading.language)
    return () if reading.who in own else (text,)


_SPOKEN: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("greeting", GREETING),
    ("thanks", THANKS),
    ("help", HELP),
    ("plan", PLAN),
    ("tactics", TACTICS),
)
