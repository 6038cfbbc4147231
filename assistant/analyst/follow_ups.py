"""Follow-ups: what a question such as 那安卓呢? takes from the one before it."""

from dataclasses import replace

from assistant.analyst.patterns import FOLLOW_UP, HOW, POINTING, SET_BESIDE, WHAT_TO_DO, WHY
from assistant.analyst.reading import Reading
from knowledge.language import to_simplified

#: What is asked of documents.
_OF_DOCUMENTS = ("lookup", "how_to", "define")
#: What is measured by these is written about, too.
_WRITTEN_OF = ("analyze_experiment", "measure_impact")


def leans(text: str, reading: Reading, before: Reading) -> bool:
    """Tell whether a question leans on the one before it: it says so, or holds nothing of its own to measure.

    One that names only what no rule reads asks for something else: 那利润呢 is not the GMV before it. People that the
    data does not know are still whom it asks about: 那订阅用户呢.
    """
    bare = not reading.metrics and not reading.unread
    named = bool(
        reading.filters
        or reading.breakdown
        or reading.interval
        or reading.period
        or reading.earlier
        or reading.ranking
        or WHY.search(text)
    )
    asks_why = WHY.search(text) or WHAT_TO_DO.search(text) or HOW.search(text)
    if (
        before.metrics
        and reading.unread
        and reading.intent == "lookup"
        and not (reading.metrics or named or reading.place or asks_why)
    ):
        return False
    return bool(FOLLOW_UP.search(text)) or (
        bare and named and reading.intent in ("lookup", "metric", "explain")
    )


def follow_up(reading: Reading, before: Reading) -> Reading:
    """Fill what a follow-up leaves out from the question before it."""
    if reading.intent in ("greeting", "thanks", "help", "plan", "tactics", "define"):
        return reading
    metrics = reading.metrics or before.metrics
    intent = before.intent if reading.intent in ("lookup", "metric") else reading.intent
    if metrics and WHAT_TO_DO.search(reading.text):
        intent = "tactics"
    elif metrics and WHY.search(reading.text):
        intent = "explain"
    period, compared = reading.period or before.period, reading.compared
    if reading.earlier and before.period and _is_earlier(reading, before):
        period = reading.earlier.of(before.period)
        if SET_BESIDE.search(reading.text):
            period, compared = before.period, period
    elif compared is None and reading.period is None:
        compared = before.compared
    elif before.period and SET_BESIDE.search(reading.text):  # 和上上周比呢: beside it, not instead of it
        period, compared = before.period, reading.period
    return replace(
        reading,
        intent=intent,
        metrics=metrics,
        period=period,
        compared=compared,
        breakdown=reading.breakdown or (None if before.breakdown in reading.filters else before.breakdown),
        filters=reading.filters or before.filters,
        interval=reading.interval or before.interval,
        steps=reading.steps or before.steps,
        tool=reading.tool or (before.tool if intent == before.intent else None),
        options=before.options | reading.options if intent == before.intent else reading.options,
        segments=reading.segments or before.segments,
        ranking=reading.ranking or before.ranking,
        # What limited nothing then limits nothing now; documents may know it.
        unread=tuple(dict.fromkeys((*reading.unread, *before.unread))),
        topic=before.asked if before.unread or before.tool in _WRITTEN_OF else "",
    )


def _is_earlier(reading: Reading, before: Reading) -> bool:
    """Tell whether the period before is that of what was asked before, rather than of a period named beside it."""
    own, known = reading.period, before.period
    return own is None or (known is not None and (own.start, own.end) == (known.start, known.end))


def take_topic(reading: Reading, before: Reading | None) -> Reading:
    """Let a question to documents lean on the one before it, where it points back or says hardly anything itself."""
    if before is None or reading.metrics or reading.intent not in ("lookup", "how_to"):
        return reading
    text = to_simplified(reading.question)
    leaning = FOLLOW_UP.search(text) or POINTING.search(text) or not reading.unread
    if not leaning or (before.intent not in _OF_DOCUMENTS and before.tool not in _WRITTEN_OF):
        return reading
    return replace(reading, topic=before.term or before.asked)
