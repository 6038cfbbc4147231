"""Answers about competitors: what was noted of whom, each with its day."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from assistant.answer import Evidence
from assistant.turn import Turn

_MOST_LINES = 15
_MOST_WARNINGS = 3


def write_matrix(evidence: Evidence, turn: Turn) -> str:
    """Say feature by feature what each company has, with the day of the note."""
    mark = f"[{evidence.marker}]"
    colon, comma = turn.say(zh="：", en=": "), turn.say(zh="；", en="; ")
    lines = [
        f"- **{feature}**{colon}{comma.join(_companies(list(rows), turn))} {mark}"
        for feature, rows in groupby(_rows(evidence), lambda row: row["feature"])
    ]
    return _put_together(evidence, lines, turn)


def _companies(rows: list[Mapping[str, Any]], turn: Turn) -> list[str]:
    told = []
    for company, own in groupby(rows, lambda row: row["competitor"]):
        facts = list(own)
        values = " ≠ ".join(dict.fromkeys(str(fact["value"]) for fact in facts))
        beside = [str(part) for part in (facts[0]["noted_on"], facts[0]["mark"]) if part]
        if not facts[0]["noted_on"]:
            beside = []
        told.append(f"{company} {values}" + (_in_brackets(beside, turn) if beside else ""))
    return told


def write_changes(evidence: Evidence, turn: Turn) -> str:
    """List changes, the latest first, each with the day of its note and with what was noted before."""
    mark = f"[{evidence.marker}]"
    lines = []
    for row in _rows(evidence):
        moved = " → ".join(str(part) for part in (row["before"], row["after"]) if part)
        beside = _in_brackets([row["relative_change"]], turn) if row["relative_change"] else ""
        told = turn.say(
            zh=f"{row['date']} **{row['competitor']}**：{row['feature']}，{row['kind']}，{moved}{beside}",
            en=f"{row['date']} **{row['competitor']}**: {row['feature']}, {row['kind']}, {moved}{beside}",
        )
        lines.append(f"- {told} {mark}")
    return _put_together(evidence, lines, turn)


def _rows(evidence: Evidence) -> list[dict[str, Any]]:
    table = evidence.table or {}
    return [dict(zip(table["columns"], row, strict=True)) for row in table.get("rows") or ()]


def _in_brackets(parts: list[str], turn: Turn) -> str:
    return turn.say(zh=f"（{'，'.join(parts)}）", en=f" ({', '.join(parts)})")


def _put_together(evidence: Evidence, lines: list[str], turn: Turn) -> str:
    mark = f"[{evidence.marker}]"
    more = turn.say(zh="- 其余见下面的表。", en="- The rest is in the table below.")
    shown = [*lines[:_MOST_LINES], *([more] if len(lines) > _MOST_LINES else [])]
    limit = next(
        (line.value for line in evidence.definition if line.label in ("不能说明", "does not prove")), ""
    )
    warnings = [f"⚠ {warning} {mark}" for warning in evidence.warnings[:_MOST_WARNINGS]]
    return "\n".join(
        [f"**{evidence.title}** {mark}", *shown, *warnings, *([f"{limit} {mark}"] if limit else [])]
    )
