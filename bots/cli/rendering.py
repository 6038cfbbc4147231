"""An Answer in the terminal: the text, then its sources and the definition of each figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from assistant.answer import Answer, Citation, DefinitionLine, Evidence
from assistant.cell_names import WITHOUT_TABLE, name_cells
from assistant.conversation.taking import tell_taking
from bots.cli.markdown import render_markdown
from bots.cli.terminal import format_result_table, wrap

if TYPE_CHECKING:
    from tools.semantics import Semantics

#: Rows of a result's table that are printed; --json has them all.
_SHOWN_ROWS = 14
#: A card that shares at least so many lines with an earlier one names them instead of repeating them.
_SHARED_LINES = 3


def render_answer(answer: Answer, semantics: "Semantics | None" = None) -> str:
    """Return the answer as terminal text in its own language, with the names that `semantics` knows in its tables."""
    zh = answer.language == "zh"
    told = [click.style(wrap(line, hanging="  "), dim=True) for line in tell_taking(answer)]
    parts = [*told, render_markdown(answer.text)]
    if answer.clarification:
        asked = [answer.clarification.question] if answer.clarification.question not in answer.text else []
        options = (f"- {option}" for option in answer.clarification.options)
        parts.append(render_markdown("\n".join([*asked, *options])))
    if answer.evidence:
        cards = [
            _evidence(_named(item, semantics, answer.language), answer.evidence[:place], zh)
            for place, item in enumerate(answer.evidence)
        ]
        parts.append("\n".join([_heading("数据与口径" if zh else "Figures and definitions"), *cards]))
    if answer.citations:
        lines = [_citation(citation, zh=zh) for citation in answer.citations]
        parts.append("\n".join([_heading("引用" if zh else "Sources"), *lines]))
    if warnings := _warnings(answer):
        parts.append("\n".join(map(render_warning, warnings)))
    if answer.open_question:
        noted = (
            f"已记为待解答的问题 {answer.open_question}"
            if zh
            else f"Noted as unanswered: {answer.open_question}"
        )
        parts.append(click.style(noted, dim=True))
    if answer.follow_ups:
        lead = "还可以问：" if zh else "You could go on with: "
        parts.append(wrap(lead + (" / ".join(answer.follow_ups)), hanging="  "))
    again = f"yunce answers show {answer.id} · yunce ask -c {answer.conversation_id}"
    parts.append(click.style(again, dim=True))
    return "\n\n".join(parts) + "\n"


def render_definition(lines: Sequence[DefinitionLine], *, zh: bool, indent: str) -> str:
    """Return the lines of a definition card, wrapped."""
    separator, colon = ("；", "：") if zh else ("; ", ": ")
    text = separator.join(f"{line.label}{colon}{line.value}" for line in lines)
    return click.style(wrap(text, indent=indent), dim=True)


def render_warning(warning: str) -> str:
    """Return a warning, wrapped."""
    return click.style(wrap(f"⚠ {warning}", hanging="  "), fg="yellow")


def _warnings(answer: Answer) -> list[str]:
    return list(dict.fromkeys([*answer.warnings, *(w for item in answer.evidence for w in item.warnings)]))


def _heading(text: str) -> str:
    return click.style(f"── {text} " + "─" * 20, dim=True)


def _named(item: Evidence, semantics: "Semantics | None", language: str) -> Evidence:
    if not item.table or semantics is None:
        return item
    table = name_cells({"table": item.table, "arguments": item.arguments}, semantics, language)
    return item.model_copy(update={"table": table})


def _evidence(item: Evidence, earlier: Sequence[Evidence], zh: bool) -> str:
    as_of = item.data_as_of.replace("T", " ")[:16]
    lead = f"[{item.marker}] {item.title} · {item.source} · {'数据截至' if zh else 'data as of'} {as_of}"
    indent = " " * 5
    parts = [wrap(lead, hanging=indent)]
    if item.table and item.table["rows"] and item.tool not in WITHOUT_TABLE:
        table = format_result_table(item.table, zh=zh, most=_SHOWN_ROWS)
        parts.append("\n".join(f"{indent}{line}" for line in table.split("\n")))
    model = max(earlier, key=lambda other: len(_shared(item, other)), default=None)
    shared = _shared(item, model) if model else []
    if model is None or len(shared) < _SHARED_LINES:
        return "\n".join([*parts, render_definition(item.definition, zh=zh, indent=indent)])
    own = [line for line in item.definition if line not in shared]
    if own:
        parts.append(render_definition(own, zh=zh, indent=indent))
    labels = ("、" if zh else ", ").join(line.label for line in shared)
    same = f"同 [{model.marker}]：{labels}" if zh else f"As in [{model.marker}]: {labels}"
    return "\n".join([*parts, click.style(wrap(same, indent=indent), dim=True)])


def _shared(item: Evidence, other: Evidence) -> list[DefinitionLine]:
    return [line for line in item.definition if line in other.definition]


def _citation(item: Citation, *, zh: bool) -> str:
    dated = f" ({item.effective_date})" if item.effective_date else ""
    page = "" if item.page is None else f"，第 {item.page} 页" if zh else f", p. {item.page}"
    edited = ""
    if item.edited_by:
        edited = (
            f" · {item.edited_by}于 {item.edited_on} 编辑过"
            if zh
            else f" · edited by {item.edited_by}, {item.edited_on}"
        )
    return wrap(f"[{item.marker}] {item.place}{page}{dated} · {item.collection}{edited}", hanging="    ")
