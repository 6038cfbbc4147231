"""Show an answer in Slack's blocks: text, figures with their definition, citations, warnings."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Citation, Evidence, EvidenceFigure
from assistant.conversation.taking import tell_taking
from bots.slack import phrases
from bots.slack.escaping import escape_markdown, escape_mrkdwn, link
from bots.slack.paging import Block, pack, split_markdown

_MOST_FIELDS = 10
_LONGEST_NOTE = 2_800
_ELEMENTS = 10


@dataclass(frozen=True, slots=True)
class Post:
    """One message: blocks, and the plain text for notifications and for where blocks are refused."""

    text: str
    blocks: tuple[Block, ...] = ()


def answer_posts(answer: Answer, *, notices: Sequence[str] = ()) -> list[Post]:
    """Return the messages that show an answer; the first one begins with what it was taken for, if anything, and its text.

    `notices` are warnings of the door itself, shown with those of the answer.
    """
    blocks = _notes([escape_mrkdwn(line) for line in tell_taking(answer)])
    blocks += [*_text_blocks(answer), *_clarification(answer)]
    for evidence in answer.evidence:
        blocks += _evidence_blocks(evidence, answer.language)
    blocks += _notes([_citation(citation, answer.language) for citation in answer.citations])
    blocks += _notes([f":warning: {escape_mrkdwn(warning)}" for warning in [*_warnings(answer), *notices]])
    if answer.open_question:
        blocks += _notes([phrases.NOTED.in_language(answer.language)])
    blocks += _follow_ups(answer)
    blocks += _notes([phrases.ANSWER_ID.in_language(answer.language).format(id=answer.id)])
    return [Post(text=_plain(message), blocks=tuple(message)) for message in pack(blocks)]


def plain_post(text: str) -> Post:
    """Return a message of one plain text."""
    escaped = escape_mrkdwn(text)[:_LONGEST_NOTE]
    return Post(text=escaped, blocks=(_section(escaped),))


def mention_post(user: str, mrkdwn: str) -> Post:
    """Return a message that calls a person; `mrkdwn` must be escaped already."""
    called = f"<@{user}> {mrkdwn}"[:_LONGEST_NOTE]
    return Post(text=called, blocks=(_section(called),))


def note_post(text: str) -> Post:
    """Return a message of one small note."""
    escaped = escape_mrkdwn(text)
    return Post(text=escaped, blocks=tuple(_notes([escaped])))


def _text_blocks(answer: Answer) -> list[Block]:
    links = {citation.url for citation in answer.citations if citation.url}
    text = escape_markdown(answer.text, links=links)
    return [{"type": "markdown", "text": part} for part in split_markdown(text)]


def _clarification(answer: Answer) -> list[Block]:
    if answer.clarification is None:
        return []
    asked = answer.clarification.question
    lines = [] if asked in answer.text else [f"*{escape_mrkdwn(asked)}*"]
    lines += [
        f"• {escape_mrkdwn(option)}" for option in answer.clarification.options if option not in answer.text
    ]
    return [_section("\n".join(lines)[:_LONGEST_NOTE])] if lines else []


def _evidence_blocks(evidence: Evidence, language: str) -> list[Block]:
    heading = _section(f"*[{evidence.marker}] {escape_mrkdwn(evidence.title)}*"[:_LONGEST_NOTE])
    if fields := [_mrkdwn(_figure(figure)) for figure in evidence.figures[:_MOST_FIELDS]]:
        heading["fields"] = fields
    card = " · ".join(_card(evidence, language))
    notes = [f"*{phrases.DEFINITION.in_language(language)}*  {escape_mrkdwn(card)}"]
    if (more := len(evidence.figures) - _MOST_FIELDS) > 0:
        notes.append(phrases.MORE_FIGURES.in_language(language).format(count=more))
    return [heading, *_notes(notes)]


def _card(evidence: Evidence, language: str) -> list[str]:
    """Return the lines of the definition card, the source and the date of the data among them."""
    said = {line.value for line in evidence.definition}
    lines = [f"{line.label}: {line.value}" for line in evidence.definition]
    as_of = evidence.data_as_of[:16].replace("T", " ")
    if evidence.source not in said:
        lines.append(f"{phrases.SOURCE.in_language(language)}: {evidence.source}")
    if not any(value.startswith(as_of) for value in said):
        lines.append(f"{phrases.AS_OF.in_language(language)}: {as_of}")
    return lines


def _figure(figure: EvidenceFigure) -> str:
    period = (figure.period or "").replace("/", " – ")
    scope = " · ".join(part for part in (figure.segment, period) if part and part not in figure.label)
    size = f" (n = {figure.n:,})" if figure.n is not None else ""
    label = figure.label + (f" · {scope}" if scope else "")
    return f"{escape_mrkdwn(label)[:1000]}\n*{escape_mrkdwn(figure.text)[:200]}*{size}"


def _citation(citation: Citation, language: str) -> str:
    place = [heading for heading in citation.section if heading != citation.title]
    if citation.page is not None:
        place.append(phrases.PAGE.in_language(language).format(page=citation.page))
    where = f" › {' › '.join(place)}" if place else ""
    date = f" · {citation.effective_date}" if citation.effective_date else ""
    if citation.edited_by:
        edited = phrases.EDITED.in_language(language)
        date += f" · {edited.format(name=citation.edited_by, day=citation.edited_on)}"
    quote = " ".join(citation.quote.split())
    quoted = f"「{quote}」" if language == "zh" else f"“{quote}”"
    head = f"[{citation.marker}] *{link(citation.url, citation.title[:300])}*"
    return f"{head}{escape_mrkdwn((where + date)[:600])}\n{escape_mrkdwn(quoted[:1200])}"


def _warnings(answer: Answer) -> list[str]:
    computed = (warning for evidence in answer.evidence for warning in evidence.warnings)
    return list(dict.fromkeys([*answer.warnings, *computed]))


def _follow_ups(answer: Answer) -> list[Block]:
    if not answer.follow_ups:
        return []
    asked = "\n".join(f"• {escape_mrkdwn(question)}" for question in answer.follow_ups)
    return _notes([f"{phrases.FOLLOW_UPS.in_language(answer.language)}\n{asked}"])


def _notes(texts: list[str]) -> list[Block]:
    elements = [_mrkdwn(text[:_LONGEST_NOTE]) for text in texts]
    return [
        {"type": "context", "elements": elements[start : start + _ELEMENTS]}
        for start in range(0, len(elements), _ELEMENTS)
    ]


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    """Return a text in which Slack looks for no links, names or mentions of its own accord."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(blocks: list[Block]) -> str:
    """Return the text of blocks, for notifications and for where blocks are refused."""
    lines: list[str] = []
    for block in blocks:
        if block["type"] == "markdown":
            lines.append(escape_mrkdwn(block["text"]))
        elements = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        lines += [element["text"] for element in elements if isinstance(element, dict)]
    return "\n".join(lines)
