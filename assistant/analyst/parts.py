"""The parts of a measured figure: which is highest, how they changed, what share of the whole each has."""

from collections.abc import Sequence
from typing import Any

from assistant.analyst.reading import Reading
from assistant.answer import Evidence, EvidenceFigure
from assistant.planning.diagnosis import find_figure
from assistant.turn import Turn
from tools.metric_kinds import Metric
from tools.results import format_value

_MOST_PARTS = 24
_ADDING = ("active_users", "unique_users", "event_count", "event_sum")


def adds_up(metric: Metric) -> bool:
    """Tell whether the parts of a metric are parts of a whole, so that each has a share of it."""
    return metric.kind in _ADDING


def order_parts(evidence: Evidence, reading: Reading, metric: Metric | None) -> list[EvidenceFigure]:
    """Return the figures of the segments, largest first or as the question ranks them, as many as it wants."""
    parts = [f for f in evidence.figures if f.segment and f.value is not None]
    ranking = reading.ranking
    rising = ranking is not None and ranking.is_rising(metric.good if metric else "up")
    parts.sort(key=lambda f: (f.value or 0) * (1 if rising else -1))
    if ranking is not None and reading.direction:  # 涨得最多的: by how much, not by how high
        changes = _changes(evidence, parts)
        parts.sort(key=lambda f: -reading.direction * changes.get(str(f.segment), (0.0, 0.0))[1])
    return parts[: ranking.most if ranking and ranking.most else _MOST_PARTS]


def write_parts(evidence: Evidence, turn: Turn, reading: Reading, metric: Metric | None) -> list[str]:
    """Name the part that the question is after, then list the parts with their share and change where it asks for them."""
    parts, mark = order_parts(evidence, reading, metric), f"[{evidence.marker}]"
    if not parts:
        return []
    changes, whole = _changes(evidence, parts), _whole(evidence, reading, metric)
    lines = []
    for figure in parts:
        colon = turn.say(zh="：", en=": ")
        share = _share(figure, whole, turn)
        lines.append(
            f"- {figure.label}{colon}{figure.text}{share}{_change(figure, changes.get(str(figure.segment)), turn)} {mark}"
        )
    leads = (_moved(parts, changes, reading.direction, turn), _first(parts, reading, metric, turn))
    lead = next((f"{said} {mark}" for said in leads if said), None)
    return [*([lead] if lead else []), *lines]


def write_share(evidence: Evidence, turn: Turn, reading: Reading, metric: Metric | None) -> str | None:
    """State the share of the one part that the question names, None where it names none."""
    whole, dimension = _whole(evidence, reading, metric), reading.share_of
    named = reading.filters.get(dimension or "", [])
    part = next(
        (f for f in evidence.figures if len(named) == 1 and f.segment == f"{dimension}={named[0]}"), None
    )
    total = find_figure(evidence, "value")
    if reading.breakdown or part is None or total is None or not whole or part.value is None:
        return None
    share, days = format_value(part.value / whole, "ratio", turn.language), _days(total, turn)
    segment = name_segment(part)
    return turn.say(
        zh=f"{days}，{segment}占{evidence.title}的 **{share}**：全部 {total.text}，其中 {part.text}。[{evidence.marker}]",
        en=f"{segment}, {days}: {evidence.title} {part.text} of {total.text} overall, a share of **{share}**. [{evidence.marker}]",
    )


def write_first_bucket(
    evidence: Evidence, turn: Turn, reading: Reading, metric: Metric | None, unit: str
) -> str | None:
    """Say which day, week or month comes first by what the question ranks by, None where it ranks none."""
    table = evidence.table or {}
    columns: list[str] = list(table.get("columns") or ())
    if reading.ranking is None or not {"period", "value"} <= set(columns):
        return None
    own, value = columns.index("period"), columns.index("value")
    later = columns.index("compared") if "compared" in columns else None
    rows = [r for r in table.get("rows") or () if r[value] is not None and (later is None or not r[later])]
    if len(rows) < 2:
        return None
    low = reading.ranking.is_rising(metric.good if metric else "up")
    first = (min if low else max)(rows, key=lambda row: row[value])
    said = format_value(first[value], unit, turn.language)
    return turn.say(
        zh=f"最{'低' if low else '高'}的是 **{first[own]}**：{said}。[{evidence.marker}]",
        en=f"{'Lowest' if low else 'Highest'} is **{first[own]}**: {said}. [{evidence.marker}]",
    )


def name_segment(figure: EvidenceFigure) -> str:
    """Return what the segment of a label is called: 抖音 of `渠道 = 抖音：新增用户数`."""
    head = figure.label
    for colon in ("：", ": ", ":"):
        before, found, _ = head.rpartition(colon)
        if found:
            return before.rpartition(" = ")[2]
    return str(figure.segment)


def _whole(evidence: Evidence, reading: Reading, metric: Metric | None) -> float | None:
    """Return what shares are of, None where none are asked for or the parts make no whole."""
    total = find_figure(evidence, "value")
    wanted = reading.share_of is not None and metric is not None and adds_up(metric)
    return total.value if wanted and total is not None else None


def _share(figure: EvidenceFigure, whole: float | None, turn: Turn) -> str:
    if not whole:
        return ""
    share = format_value((figure.value or 0) / whole, "ratio", turn.language)
    return turn.say(zh=f"，占 {share}", en=f", a share of {share}")


def _changes(evidence: Evidence, parts: Sequence[EvidenceFigure]) -> dict[str, tuple[float, float]]:
    """Return, of the segments that were measured in both periods, the value before and the change."""
    table = evidence.table or {}
    columns: list[str] = list(table.get("columns") or ())
    if not {"segment", "value_before", "change"} <= set(columns):
        return {}
    own, before, change = (columns.index(name) for name in ("segment", "value_before", "change"))
    rows: dict[str, list[Any]] = {str(row[own]): row for row in table.get("rows") or ()}
    found = {str(f.segment): rows.get(str(f.segment).partition("=")[2]) for f in parts}
    return {
        segment: (float(row[before]), float(row[change]))
        for segment, row in found.items()
        if row is not None and row[before] is not None and row[change] is not None
    }


def _change(figure: EvidenceFigure, change: tuple[float, float] | None, turn: Turn) -> str:
    if change is None:
        return ""
    before, moved = format_value(change[0], figure.unit, turn.language), _amount(figure, change[1], turn)
    if not change[1]:
        return turn.say(zh="，与对比期持平", en=", level with the compared period")
    zh, en = ("上升", "up") if change[1] > 0 else ("下降", "down")
    return turn.say(zh=f"，比对比期的 {before} {zh} {moved}", en=f", {before} before, {en} {moved}")


def _amount(figure: EvidenceFigure, change: float, turn: Turn) -> str:
    unit = "ratio_change" if figure.unit == "ratio" else figure.unit
    return format_value(abs(change), unit, turn.language).lstrip("+-−")


def _moved(
    parts: Sequence[EvidenceFigure], changes: dict[str, tuple[float, float]], direction: int, turn: Turn
) -> str | None:
    """Say which part moved most: the way that the question asks about, else the way that they did together."""
    way: float = direction or sum(change for _, change in changes.values())
    moved = [f for f in parts if changes.get(str(f.segment), (0.0, 0.0))[1] * way > 0]
    if len(changes) < 2 or not moved:
        return None
    name = name_segment(max(moved, key=lambda f: abs(changes[str(f.segment)][1])))
    zh, en = ("升", "rose") if way > 0 else ("降", "fell")
    return turn.say(zh=f"{zh}得最多的是**{name}**。", en=f"**{name}** {en} most.")


def _first(
    parts: Sequence[EvidenceFigure], reading: Reading, metric: Metric | None, turn: Turn
) -> str | None:
    """Say which part comes first by what the question ranks by."""
    ranking = reading.ranking
    if ranking is None or len(parts) < 2 or (ranking.most or 1) > 1:
        return None
    low = ranking.is_rising(metric.good if metric else "up")
    name = name_segment(parts[0])
    return turn.say(
        zh=f"最{'低' if low else '高'}的是**{name}**：{parts[0].text}。",
        en=f"{'Lowest' if low else 'Highest'} is **{name}**: {parts[0].text}.",
    )


def _days(figure: EvidenceFigure, turn: Turn) -> str:
    start, _, end = (figure.period or "").partition("/")
    return start if not end or start == end else turn.say(zh=f"{start} 至 {end}", en=f"{start} to {end}")
