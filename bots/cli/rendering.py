"""An Answer in the terminal: the text, then its sources and the definition of each figure."""

import re

import click

from assistant.answer import Answer, Citation, Evidence

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def render_answer(answer: Answer) -> str:
    """Return the answer as terminal text in its own language."""
    zh = answer.language == "zh"
    parts = [_BOLD.sub(lambda m: click.style(m[1], bold=True), answer.text)]
    if answer.evidence:
        heading = "数据与口径" if zh else "Figures and definitions"
        parts.append("\n".join([_heading(heading), *(_evidence(item, zh) for item in answer.evidence)]))
    if answer.citations:
        heading = "引用" if zh else "Sources"
        parts.append("\n".join([_heading(heading), *(_citation(item) for item in answer.citations)]))
    parts += [click.style(f"⚠ {warning}", fg="yellow") for warning in _warnings(answer)]
    return "\n\n".join(parts) + "\n"


def _warnings(answer: Answer) -> list[str]:
    return list(dict.fromkeys([*answer.warnings, *(w for item in answer.evidence for w in item.warnings)]))


def _heading(text: str) -> str:
    return click.style(f"── {text} " + "─" * 20, dim=True)


def _evidence(item: Evidence, zh: bool) -> str:
    as_of = item.data_as_of.replace("T", " ")[:16]
    lead = f"[{item.marker}] {item.title} · {item.source} · {'数据截至' if zh else 'data as of'} {as_of}"
    separator, colon = ("；", "：") if zh else ("; ", ": ")
    definition = separator.join(f"{line.label}{colon}{line.value}" for line in item.definition)
    return f"{lead}\n     {click.style(definition, dim=True)}"


def _citation(item: Citation) -> str:
    dated = f" ({item.effective_date})" if item.effective_date else ""
    return f"[{item.marker}] {item.place}{dated} · {item.collection}"
