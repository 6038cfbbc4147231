"""Answers from documents: definitions, steps and findings, quoted word for word with their markers."""

import re
from collections.abc import Sequence
from datetime import timedelta

from assistant.analyst.extraction import Extract, Extractor, Reader, is_answered
from assistant.analyst.gathering import Gathered, moved_segment
from assistant.analyst.naming import find_document, find_named
from assistant.analyst.patterns import BY_US, OURS, OWNER
from assistant.analyst.quoting import name_document, write_grouped, write_line
from assistant.analyst.reading import Reading
from assistant.analyst.responsibility import find_responsible
from assistant.analyst.sentences import Sentence, cut_sentences
from assistant.analyst.summaries import write_summary
from assistant.planning.tactics import read_card
from assistant.turn import Passage, Turn
from knowledge.language import index_terms, to_simplified
from tools.semantics import Semantics

_LONGEST_QUOTE = 400
#: The collection that says what words mean everywhere.
_GENERAL = "glossary"
#: A card is shown beside the steps when it scores at least this share of the best passage.
_CARD_SHARE = 0.7
_MOST_RECORDS = 3
_MOST_STEPS = 8
_MOST_TOLD = 4
#: How much less a sentence counts than its passage where the whole passage is to be told.
_SENTENCE_DISCOUNT = 0.7
#: A second sentence is quoted when it scores at least this share of the best, of another document at least the other.
_NEARLY, _ELSEWHERE = 0.6, 0.85
_LOOKED_AT = 3
_STEP = re.compile(r"^\s*(?:\d+[.)、]|[-*+])\s*\S", re.MULTILINE)
_NUMBERED_STEP = re.compile(r"^\s*\d+[.)、]\s*\S", re.MULTILINE)
_CONCLUSION = re.compile(r"结论|一句话|总结|结果|conclu|summary|in short|result|verdict", re.IGNORECASE)
#: What was written a little before a period may still be about it: a release note, a warning.
_BEFORE = timedelta(days=14)


def write(
    reading: Reading,
    gathered: Gathered,
    turn: Turn,
    *,
    reader: Reader,
    semantics: Semantics | None,
) -> list[str]:
    """Return the paragraphs that the passages give; none where they do not answer."""
    if not gathered.passages:
        return []
    if reading.intent == "define" and reading.term:
        names = semantics.metric_text(reading.metric) if semantics and reading.metric else None
        terms = [reading.term, *((names.zh, names.en) if names else ())]
        return _definition(
            terms,
            gathered.passages,
            turn,
            reader,
            ours=bool(OURS.search(reading.text) or BY_US.search(reading.text)),
        )
    prose = [p for p in gathered.passages if p.kind != "tactic"]
    if reading.intent == "how_to":
        ranked = Extractor(reading.asked, _handbooks(prose), reader, bonus=_instructive).ranked()
    elif reading.period:
        since = (reading.period.start - _BEFORE).isoformat()
        wanted = _with_segment(reading, gathered, semantics)
        ranked = Extractor(wanted, _handbooks(prose), reader, bonus=lambda p: _recent(p, since)).ranked()
    else:
        wanted = _with_segment(reading, gathered, semantics)
        ranked = Extractor(wanted, prose, reader, bonus=_concluding).ranked()
    if not is_answered(gathered.passages, ranked):
        return []
    if reading.intent == "how_to":
        least = _CARD_SHARE * gathered.passages[0].score
        cards = [p for p in gathered.passages if p.kind == "tactic" and p.score >= least]
        return _steps(ranked, cards, turn)
    return _records(ranked, turn) if gathered.evidence else _finding(ranked, turn)


def write_named(reading: Reading, gathered: Gathered, turn: Turn, *, reader: Reader) -> list[str]:
    """Return what the document says that a question names; nothing where it names none, or all of it is measured."""
    named = find_document(reading, gathered.passages, reader)
    whole = [p for p in gathered.document if p.kind != "tactic"]
    if named and whole and whole[0].document_id == named[0].document_id:
        if reading.wants_summary:
            return write_summary(whole, turn)
        named = whole
    asked = reading.question if reading.topic else reading.asked
    ranked = Extractor(asked, named, reader, bonus=_concluding).ranked()
    return (
        write_grouped([e.sentence for e in ranked[:_MOST_RECORDS]], turn)
        if gathered.evidence
        else _finding(ranked, turn)
    )


def write_owner(reading: Reading, gathered: Gathered, turn: Turn, *, reader: Reader) -> list[str]:
    """Return whose the document is that a question names, else who is responsible, where it asks for that and it is known."""
    if not OWNER.search(to_simplified(reading.asked)):
        return []
    named = find_named(reading.asked, gathered.passages, reader)
    owners = dict.fromkeys(p.owner for p in named if p.owner)
    if len(owners) == 1 and OWNER.search(reading.text):
        document, owner = name_document(named[0], turn), next(iter(owners))
        return [turn.say(zh=f"{document}的负责人：{owner}", en=f"{document} is owned by {owner}.")]
    return write_grouped(find_responsible(reading, [*gathered.passages, *gathered.directory], reader), turn)


def _with_segment(reading: Reading, gathered: Gathered, semantics: Semantics | None) -> str:
    """Return the question, with the segment that moved the metric it asks about."""
    if reading.intent != "explain" or semantics is None:
        return reading.asked
    segment = moved_segment(gathered, semantics)
    return f"{reading.asked} {segment.zh} {segment.en}"


def _instructive(passage: Passage) -> float:
    """Favour handbooks where steps are asked for, and sections that list them."""
    listed, numbered = (len(pattern.findall(passage.text)) >= 3 for pattern in (_STEP, _NUMBERED_STEP))
    return 0.15 * (passage.collection == "playbooks") + 0.1 * listed + 0.1 * numbered


def _recent(passage: Passage, since: str) -> float:
    """Favour what was written when the thing asked about happened, or later."""
    return 0.25 * bool(passage.effective_date and passage.effective_date >= since)


def _concluding(passage: Passage) -> float:
    """Favour what stands under a heading such as 结论 or Summary."""
    return 0.15 * bool(_CONCLUSION.search(" ".join(passage.section[-1:])))


def _handbooks(passages: Sequence[Passage]) -> list[Passage]:
    """Leave definitions out, unless nothing else bears on the question nearly as much."""
    others = [p for p in passages if p.collection != "glossary"]
    best, best_other = (max((p.score for p in found), default=0.0) for found in (passages, others))
    return others if best_other >= 0.7 * best else list(passages)


def _definition(
    terms: Sequence[str], passages: Sequence[Passage], turn: Turn, reader: Reader, *, ours: bool = False
) -> list[str]:
    """Quote the entry whose heading is the term, by one of its names, else the sentences that say what it is."""
    wanted = [_folded(term) for term in terms]
    passages = [p for p in passages if p.kind != "tactic"]
    entries = [p for p in passages if p.section and _heads(p.section[-1], terms)]
    entries.sort(
        key=lambda p: (
            ours and p.collection == _GENERAL,  # how the company has it, before how the field has it
            p.language.startswith("zh") != (turn.language == "zh"),
            _folded(p.section[-1]) not in wanted,
        )
    )
    if entries:
        entry, *others = entries
        body = _body(entry)
        lead = turn.say(zh=f"**{entry.section[-1]}**：", en=f"**{entry.section[-1]}**: ")
        also = [e for e in others if e.collection == entry.collection]
        return [f"{lead}“{body}” [{entry.marker}]", *_see_also(also[:1], turn)]
    mentioning = [p for p in passages if any(n in _folded(p.text) or n in _folded(p.title) for n in wanted)]
    if ours and not mentioning:
        return []  # what is our stock price: a figure of ours, which no likeness tells
    ranked = Extractor(terms[0], mentioning or passages, reader).ranked()
    return _finding(ranked, turn) if mentioning or is_answered(passages, ranked) else []


def _heads(heading: str, names: Sequence[str]) -> bool:
    """Tell whether a heading has one of the names, its words in whatever order."""
    folded, own = _folded(heading), set(index_terms(heading))
    return any(_folded(name) in folded or own.issuperset(index_terms(name)) for name in names)


def _body(passage: Passage) -> str:
    """Return the passage's text without its headings, cut at a sentence; a run of the passage, byte for byte."""
    lines = passage.text.split("\n")
    while lines and (lines[0].startswith("#") or not lines[0].strip()):
        lines.pop(0)
    paragraph = "\n".join(lines).split("\n\n")[0].strip()
    if len(paragraph) <= _LONGEST_QUOTE:
        return paragraph
    cut = max(paragraph.rfind(mark, 0, _LONGEST_QUOTE) for mark in ("。", ". ", "；", "\n"))
    return paragraph[: cut + 1].strip() if cut > 0 else paragraph[:_LONGEST_QUOTE]


def _see_also(entries: Sequence[Passage], turn: Turn) -> list[str]:
    return [
        turn.say(zh=f"另见《{e.title}》[{e.marker}]。", en=f"See also “{e.title}” [{e.marker}].")
        for e in entries
    ]


def _steps(ranked: Sequence[Extract], cards: Sequence[Passage], turn: Turn) -> list[str]:
    """List the steps of the passage that answers best, in their order; sentences where it has no list."""
    if not ranked:
        return []
    best = _best_passage(ranked)
    own = [e for e in ranked if e.passage.chunk_id == best.chunk_id]
    steps = _list_steps(best, own)
    if not steps:
        return _finding(ranked, turn)
    lead = turn.say(zh=f"{name_document(best, turn)}的做法：", en=f"From {name_document(best, turn)}")
    parts = [lead + "\n" + "\n".join(map(write_line, steps))]
    if cards:
        heading = turn.say(zh="可以直接用的打法卡片：", en="Tactic cards ready to use:")
        parts.append(heading + "\n" + "\n".join(_card(p, turn) for p in cards[:2]))
    return parts


def _list_steps(passage: Passage, ranked: Sequence[Extract]) -> list[Sentence]:
    """Return a passage's list, else, of a section that has a heading of its own, what it says of the question."""
    sentences = cut_sentences(passage)
    steps = [sentence for sentence in sentences if sentence.is_step]
    if len(steps) >= 2:
        return steps[:_MOST_STEPS]
    told = [e.sentence for e in ranked if not e.sentence.is_question][:_MOST_TOLD]
    return sorted(told, key=lambda sentence: sentence.position) if passage.section else []


def _card(passage: Passage, turn: Turn) -> str:
    """Return a tactic card's name with its first step, as the card has them."""
    card = read_card(passage.text)
    if card is None:
        return f"- {passage.title} [{passage.marker}]"
    name, steps = card.name.in_language(turn.language), card.steps.in_language(turn.language)
    first = turn.say(zh=f"：“{steps[0]}”", en=f": “{steps[0]}”") if steps else ""
    return f"- **{name}**{first} [{passage.marker}]"


def _best_passage(ranked: Sequence[Extract]) -> Passage:
    """Return the passage that search, its form and its best sentence together speak for most."""
    return max(ranked, key=lambda e: e.passage.score + e.score - _SENTENCE_DISCOUNT * e.match).passage


def _finding(ranked: Sequence[Extract], turn: Turn) -> list[str]:
    """Quote the sentence that answers best, and the one that it needs or that answers nearly as well."""
    if not ranked:
        return []
    best, *others = ranked
    if best.sentence.points_back:
        return write_grouped([cut_sentences(best.passage)[best.sentence.position - 1], best.sentence], turn)
    second = [e.sentence for e in others[:_LOOKED_AT] if _is_near(e, best)]
    return write_grouped([best.sentence, *second[:1]], turn)


def _is_near(extract: Extract, best: Extract) -> bool:
    own = extract.passage.document_id == best.passage.document_id
    return extract.score >= (_NEARLY if own else _ELSEWHERE) * best.score


def _records(ranked: Sequence[Extract], turn: Turn) -> list[str]:
    """Quote what the documents recorded beside a measured change."""
    if not ranked:
        return []
    best = ranked[0]
    own = [e for e in ranked[:6] if e.passage.document_id == best.passage.document_id][:_MOST_RECORDS]
    near = [e for e in own if e.score >= 0.7 * best.score]
    others = [e for e in ranked if e.passage.document_id != best.passage.document_id]
    elsewhere = [e for e in others if _is_near(e, best)]
    shown = [e.sentence for e in (*near, *elsewhere[:1])]
    return [turn.say(zh="相关记录：", en="On record:"), *write_grouped(shown, turn)]


def _folded(text: str) -> str:
    return to_simplified(text).casefold().replace(" ", "").replace("-", "")
