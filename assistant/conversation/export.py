"""A conversation as a Markdown document: questions, answers, figures with their definition cards, sources with quotes."""

import html
from collections.abc import Iterator

from assistant.answer import Answer, Citation, Evidence
from assistant.conversation.book import Conversation, ConversationTurn
from assistant.conversation.taking import tell_taking
from assistant.language import Language
from assistant.quotations import make_inert

#: Rows of a result's table that are written.
_ROWS = 50


def export_markdown(conversation: Conversation, language: Language) -> str:
    """Return a conversation as Markdown, headed in a language, each turn in its own; nothing in a quotation is live."""
    zh = language == "zh"
    last = conversation.turns[-1].asked_at.date()
    head = f"# {'会话' if zh else 'Conversation'} {conversation.id}"
    count = len(conversation.turns)
    noted = f"{count} 个问题，最近一次 {last}" if zh else f"Questions: {count}; the latest on {last}"
    return "\n\n".join([head, noted, *(_turn(turn, language) for turn in conversation.turns)]) + "\n"


def _turn(turn: ConversationTurn, language: Language) -> str:
    title = f"## {turn.number}. {_inline(turn.question)}"
    if turn.answer is None:
        withheld = (
            "这个回答的依据中有已被删除或不再可见的内容，因此不予导出。"
            if language == "zh"
            else "This answer leans on what was deleted or may no longer be seen, so it is left out."
        )
        return f"{title}\n\n_{turn.asked_at:%Y-%m-%d %H:%M} UTC · {turn.answer_id}_\n\n{withheld}"
    return "\n\n".join([title, *_answer(turn.answer, f"{turn.asked_at:%Y-%m-%d %H:%M} UTC")])


def _answer(answer: Answer, asked: str) -> Iterator[str]:
    zh = answer.language == "zh"
    yield f"_{asked} · {answer.id} · {answer.model}_"
    yield from map(_inline, tell_taking(answer))
    yield answer.text
    if answer.clarification:
        yield "\n".join(f"- {_inline(option)}" for option in answer.clarification.options)
    if answer.evidence:
        yield "### " + ("数据与口径" if zh else "Figures and definitions")
        for item in answer.evidence:
            yield from _evidence(item, zh=zh)
    if answer.citations:
        yield "### " + ("引用" if zh else "Sources")
        yield "\n".join(_citation(item, zh=zh) for item in answer.citations)
    for warning in dict.fromkeys([*answer.warnings, *(w for item in answer.evidence for w in item.warnings)]):
        yield f"> ⚠ {_inline(warning)}"


def _evidence(item: Evidence, *, zh: bool) -> Iterator[str]:
    colon = "：" if zh else ": "
    as_of = item.data_as_of.replace("T", " ")[:16]
    yield f"**[{item.marker}] {_inline(item.title)}** · {_inline(item.source)} · " + (
        f"数据截至 {as_of}" if zh else f"data as of {as_of}"
    )
    if item.figures:
        yield "\n".join(
            f"- {_inline(figure.label)}{f' ({figure.period})' if figure.period else ''}{colon}{figure.text}"
            for figure in item.figures[:_ROWS]
        )
    if item.table and item.table["rows"]:
        yield _table(item.table)
    yield "\n".join(f"- {_inline(line.label)}{colon}{_inline(line.value)}" for line in item.definition)


def _table(table: dict) -> str:
    rows = [table["columns"], ["---"] * len(table["columns"]), *table["rows"][:_ROWS]]
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    more = table.get("total_rows", 0) - len(table["rows"][:_ROWS])
    return "\n".join(lines) + (f"\n\n… {more:,}" if more > 0 else "")


def _citation(item: Citation, *, zh: bool) -> str:
    page = "" if item.page is None else f"，第 {item.page} 页" if zh else f", p. {item.page}"
    dated = f" ({item.effective_date})" if item.effective_date else ""
    address = f" <{item.url}>" if item.url else ""
    version = f"第 {item.version} 版" if zh else f"version {item.version}"
    quote = "\n".join(f"  > {html.escape(make_inert(line), quote=False)}" for line in item.quote.splitlines())
    return f"- [{item.marker}] {_inline(item.place)}{page}{dated} · {item.collection} · {version}{address}\n{quote}"


def _inline(text: str) -> str:
    """Return text on one line in which nothing is a link, an image or a tag."""
    return html.escape(make_inert(" ".join(text.split())), quote=False)


def _cell(value: object) -> str:
    return "" if value is None else _inline(str(value)).replace("|", "\\|")
