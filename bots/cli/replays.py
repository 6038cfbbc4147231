"""A replay in the terminal: what became of each measurement and each citation, in the answer's language."""

from collections.abc import Iterator
from datetime import datetime

import click

from assistant.language import Language
from assistant.replay.findings import CitationReplay, DataChange, EvidenceReplay, LineChange, Replay
from bots.cli.terminal import wrap

#: Figures and lines that are printed of one measurement; --json has them all.
_SHOWN = 20
_INDENT = " " * 5


def render_head(question: str, language: Language, asked_at: datetime) -> str:
    """Return the question, and when it was asked."""
    lead = "问于" if language == "zh" else "Asked on"
    asked = click.style(f"{lead} {asked_at.astimezone():%Y-%m-%d %H:%M}", dim=True)
    return click.style(wrap(" ".join(question.split())), bold=True) + "\n" + asked


def render_replay(found: Replay) -> str:
    """Return a replay as terminal text."""
    zh = found.language == "zh"
    parts = [render_head(found.question, found.language, found.asked_at), wrap(found.statement)]
    parts += ["\n".join(_evidence(item, zh=zh)) for item in found.evidence]
    parts += [_citation(item, zh=zh) for item in found.citations]
    if found.curated:
        parts.append(wrap(found.curated))
    return "\n\n".join(parts)


def _evidence(item: EvidenceReplay, *, zh: bool) -> Iterator[str]:
    yield wrap(f"[{item.marker}] {item.title or '—'}", hanging=_INDENT)
    yield wrap(item.statement, indent=_INDENT)
    for figure in item.figures[:_SHOWN]:
        period = f" ({figure.period.replace('/', ' – ')})" if figure.period else ""
        yield _change(LineChange(label=figure.label + period, before=figure.before, now=figure.now), zh=zh)
    yield from _more(len(item.figures), zh=zh)
    if item.data is not None:
        yield wrap(_data(item.data, zh=zh), indent=_INDENT, hanging=_INDENT + "  ")
    for heading, lines in (
        ("口径卡：" if zh else "Definition card:", item.definition),
        ("metrics.yaml：" if zh else "metrics.yaml:", item.declared),
    ):
        if lines:
            yield _INDENT + heading
            yield from (_change(line, zh=zh) for line in lines[:_SHOWN])
            yield from _more(len(lines), zh=zh)


def _change(line: LineChange, *, zh: bool) -> str:
    none = "无" if zh else "none"
    before, now = (none if value is None else value for value in (line.before, line.now))
    colon = "：" if zh else ": "
    return wrap(f"• {line.label}{colon}{before} → {now}", indent=_INDENT, hanging=_INDENT + "  ")


def _more(count: int, *, zh: bool) -> Iterator[str]:
    if count > _SHOWN:
        rest = count - _SHOWN
        yield _INDENT + (f"…… 另有 {rest:,} 项" if zh else f"… {rest:,} more")


def _data(change: DataChange, *, zh: bool) -> str:
    tables = ("、" if zh else ", ").join(change.tables)
    events = ""
    if change.events_before is not None and change.events_now is not None:
        counted = f"{change.events_before:,} → {change.events_now:,}"
        events = f"；事件数 {counted}" if zh else f"; events {counted}"
    times = [time.replace("T", " ")[:16] for time in (change.as_of_before, change.as_of_now)]
    until = times[0] if times[0] == times[1] else " → ".join(times)
    if zh:
        return f"数据快照已变：{tables}{events}；数据截至 {until}"
    return f"Another snapshot of the data: {tables}{events}; data as of {until}"


def _citation(item: CitationReplay, *, zh: bool) -> str:
    title = item.title or "—"
    if zh and item.title:
        title = f"《{title}》"
    return wrap(f"[{item.marker}] {title}", hanging=_INDENT) + "\n" + wrap(item.statement, indent=_INDENT)
