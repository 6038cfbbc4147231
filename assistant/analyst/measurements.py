"""Answers from measurements: the number first, then what it is compared with, then the parts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.analyst.parts import write_first_bucket, write_parts, write_share
from assistant.analyst.reading import Reading
from assistant.answer import Evidence, EvidenceFigure
from assistant.planning.diagnosis import find_figure
from assistant.turn import Turn
from tools.results import format_value
from tools.semantics import Semantics

_QUOTED = re.compile("“[^”]*”")
_BEHIND_COLON = re.compile(r"^[^：:]*[：:]\s*")
_MOST_LINES = 24
_MOST_BUCKETS = 16
#: A segment's share of a change from which it is said to be where the change came from.
_MOST = 0.5


def write_metric(
    evidence: Evidence, turn: Turn, *, reading: Reading | None = None, semantics: Semantics | None = None
) -> str:
    """State a metric's value and its change on the period before, then what `reading` asks for besides.

    That is its segments, ranked, with their shares and changes, and its series.
    """
    value = find_figure(evidence, "value")
    if value is None or value.segment:
        return write_figures(evidence, turn)
    mark = f"[{evidence.marker}]"
    if value.value is None:
        return turn.say(
            zh=f"{_period(value, turn)}，{evidence.title}暂无法计算：没有成熟的数据。{mark}",
            en=f"{evidence.title} for {_period(value, turn)} cannot be given: no mature data. {mark}",
        )
    name = evidence.title + _filters(evidence, turn) + _mean(evidence, value, turn)
    sentence = turn.say(
        zh=f"{_period(value, turn)}，{name}为 **{value.text}**",
        en=f"{name[:1].upper()}{name[1:]}: **{value.text}** for {_period(value, turn)}",
    )
    sentence += _comparison(evidence, turn) + turn.say(zh=f"。{mark}", en=f". {mark}")
    warnings = [f"⚠ {warning} {mark}" for warning in evidence.warnings[:2]]
    if reading is None:
        return "\n".join([sentence, *warnings])
    metric = semantics.metrics.get(str(evidence.arguments.get("metric"))) if semantics else None
    series = _series(evidence, value, mark) if reading.wants_series else []
    if reading.wants_series and (ranked := write_first_bucket(evidence, turn, reading, metric, value.unit)):
        series = [ranked, *series]
    sentence = write_share(evidence, turn, reading, metric) or sentence
    return "\n".join([sentence, *write_parts(evidence, turn, reading, metric), *series, *warnings])


def _series(evidence: Evidence, value: EvidenceFigure, mark: str) -> list[str]:
    """List the buckets of a series, where they are few enough to read."""
    table = evidence.table or {}
    columns, rows = list(table.get("columns") or ()), table.get("rows") or []
    if not {"period", "value"} <= set(columns):
        return []
    period, amount = columns.index("period"), columns.index("value")
    beside = columns.index("compared") if "compared" in columns else None
    own = [row for row in rows if row[amount] is not None and (beside is None or not row[beside])]
    if not 1 < len(own) <= _MOST_BUCKETS:
        return []
    language = "zh" if _is_chinese(value.label) else "en"
    colon = "：" if language == "zh" else ": "
    return [f"- {row[period]}{colon}{format_value(row[amount], value.unit, language)} {mark}" for row in own]


def _filters(evidence: Evidence, turn: Turn) -> str:
    """Say for which part of the users a figure holds."""
    kept = next((line.value for line in evidence.definition if line.label in ("筛选", "filters")), None)
    if not evidence.arguments.get("filters") or kept is None:
        return ""
    return turn.say(zh=f"（{kept}）", en=f" ({kept})")


def _mean(evidence: Evidence, value: EvidenceFigure, turn: Turn) -> str:
    """Say when a count of users is a mean over the period's days, weeks or months."""
    counted = next((line.value for line in evidence.definition if line.label in ("计数", "counts")), "")
    start, _, end = (value.period or "").partition("/")
    if not end or start == end or not ("均值" in counted or counted.startswith("mean")):
        return ""
    return turn.say(zh="（期内均值）", en=" (mean over the period)")


def _comparison(evidence: Evidence, turn: Turn) -> str:
    before, change = find_figure(evidence, "before"), find_figure(evidence, "change")
    if before is None or change is None or before.value is None or change.value is None:
        return ""
    amount = change.text.lstrip("+-−")
    relative = find_figure(evidence, "relative_change")
    if relative and relative.value is not None and change.unit != "ratio_change":
        amount += turn.say(zh=f"（{relative.text}）", en=f" ({relative.text})")
    noise = _noise(change, turn)
    if not any(digit in "123456789" for digit in change.text):  # it may be a little, and be written 0.0
        return turn.say(
            zh=f"，与前一期（{_period(before, turn)}）持平{noise}",
            en=f", level with {_period(before, turn)}{noise}",
        )
    word = turn.say(zh="上升" if change.value > 0 else "下降", en="up" if change.value > 0 else "down")
    return turn.say(
        zh=f"，比 {_period(before, turn)} 的 {before.text} {word} {amount}{noise}",
        en=f", {word} {amount} from {before.text} for {_period(before, turn)}{noise}",
    )


def _noise(change: EvidenceFigure, turn: Turn) -> str:
    if change.interval is None:
        return ""
    low, high = change.interval
    if low <= 0 <= high:
        return turn.say(zh="（在随机波动范围内）", en=" (within noise)")
    return turn.say(zh="（超出随机波动）", en=" (more than chance explains)")


def write_drivers(evidence: Evidence, turn: Turn) -> str:
    """Say which segment moved the metric most, from what level to what, and since when."""
    top = next((f for f in evidence.figures if f.name == "contribution" and f.value), None)
    if top is None:
        return ""
    own = {f.name: f for f in evidence.figures if f.segment == top.segment}
    mark, segment = f"[{evidence.marker}]", _segment_name(top)
    before, after, share = (own.get(name) for name in ("segment_before", "segment_after", "share_of_change"))
    levels = _levels(before, after, turn)
    part = (
        turn.say(zh=f"，占变化的 {share.text}", en=f", {share.text} of the change")
        if share and share.value
        else ""
    )
    most = share is not None and (share.value or 0) >= _MOST
    lead = turn.say(
        zh="变化主要来自" if most else "没有哪一类用户能解释大部分变化；影响最大的是",
        en="Most of it came from" if most else "No single segment explains most of it; the largest part is",
    )
    sentence = turn.say(
        zh=f"{lead}**{segment}**：{levels}对整体的贡献为 {top.text}{part}{_onset(own, turn)}。{mark}",
        en=f"{lead} **{segment}**: {levels}a contribution of {top.text}{part}{_onset(own, turn)}. {mark}",
    )
    noise = [f"{warning} {mark}" for warning in evidence.warnings[:1]]
    return "\n\n".join([sentence, *noise])


def _segment_name(figure: EvidenceFigure) -> str:
    """Return the segment's part of a label such as `渠道 = 抖音：对变化的贡献`."""
    for colon in ("：", ": ", ":"):
        head, found, _ = figure.label.rpartition(colon)
        if found:
            return head
    return str(figure.segment)


def _levels(before: EvidenceFigure | None, after: EvidenceFigure | None, turn: Turn) -> str:
    if before is None or after is None or before.value is None or after.value is None:
        return ""
    fell = after.value < before.value
    return turn.say(
        zh=f"从 {before.text} {'降' if fell else '升'}到 {after.text}，",
        en=f"it {'fell' if fell else 'rose'} from {before.text} to {after.text}, ",
    )


def _onset(own: Mapping[str, EvidenceFigure], turn: Turn) -> str:
    onset = own.get("onset_rate_after")
    if onset is None or not onset.period:
        return ""
    return turn.say(
        zh=f"，拐点估计在 {onset.period} 前后", en=f"; the break is estimated around {onset.period}"
    )


def write_figures(evidence: Evidence, turn: Turn) -> str:
    """List a result's figures under its title."""
    lead = f"**{evidence.title}** [{evidence.marker}]"
    return "\n".join([lead, *_lines(evidence.figures, f"[{evidence.marker}]")])


def write_funnel(evidence: Evidence, turn: Turn) -> str:
    """List a funnel's figures, and before them the step that most of those who reach it leave at."""
    listed = write_figures(evidence, turn)
    rates = [f for f in evidence.figures if f.name.endswith("_conversion") and f.name.startswith("step_")]
    known = [f for f in rates if f.value is not None and not f.segment]
    if len(known) < 2:
        return listed
    worst = min(known, key=lambda f: f.value or 0)
    after = next((f for f in evidence.figures if f.name == worst.name.replace("_conversion", "_users")), None)
    if after is None:
        return listed
    mark, step = f"[{evidence.marker}]", _BEHIND_COLON.sub("", after.label)
    lead = turn.say(
        zh=f"流失最多的一步是**{step}**：走到这一步的用户只有 {worst.text} 通过。{mark}",
        en=f"Most are lost at **{step}**: {worst.text} of those who reach it pass. {mark}",
    )
    return f"{lead}\n\n{listed}"


def write_with_intervals(evidence: Evidence, turn: Turn) -> str:
    """List a result's figures with their 95 % intervals, and what limits them."""
    mark = f"[{evidence.marker}]"
    lines = []
    for figure, line in zip(evidence.figures, _lines(evidence.figures, ""), strict=False):
        lines.append(f"{line.rstrip()}{write_between(figure, turn)} {mark}")
    warnings = [f"⚠ {warning} {mark}" for warning in evidence.warnings[:3]]
    return "\n".join([f"**{evidence.title}** {mark}", *lines, *warnings])


def write_between(figure: EvidenceFigure, turn: Turn) -> str:
    """Return a figure's 95 % interval in brackets, empty where it has none."""
    if figure.interval is None or figure.value is None:
        return ""
    low, high = (format_value(bound, figure.unit, turn.language) for bound in figure.interval)
    return turn.say(zh=f"（{low} 至 {high}）", en=f" ({low} to {high})")


def write_advice(advice: Mapping[str, Any], turn: Turn, *, most: int, lead: bool) -> list[str]:
    """List the ranked tactics with reason, effect and cost, each citing its card."""
    suggestions: Sequence[Mapping[str, Any]] = advice["suggestions"][:most]
    if not suggestions:
        return [_no_tactics(advice, turn)] if lead else []
    opening = turn.say(
        zh=f"先看**{advice['stage_name']}**：{advice['reason']}。",
        en=f"Look at **{advice['stage_name']}** first: {advice['reason']}.",
    )
    findings = [
        f"- {f['label']}：{f['text']} [{f['marker']}]"
        if turn.language == "zh"
        else f"- {f['label']}: {f['text']} [{f['marker']}]"
        for f in advice["findings"][:4]
    ]
    heading = turn.say(zh="可选打法：", en="Tactics that fit:")
    tactics = [_tactic(s, turn) for s in suggestions]
    parts = [heading + "\n" + "\n".join(tactics)]
    return ["\n".join([opening, *findings]), *parts] if lead else parts


def _tactic(suggestion: Mapping[str, Any], turn: Turn) -> str:
    card = suggestion["card"]
    name, first = card["name"][turn.language], card["steps"][turn.language][:1]
    cost = f"{card['cost']['low']:,.0f}–{card['cost']['high']:,.0f}"
    step = turn.say(zh=f"先做：{first[0]}", en=f"First: {first[0]}") if first else ""
    return turn.say(
        zh=f"- **{name}**：预期 {suggestion['expected_effect']}，成本 {cost}；{'；'.join(suggestion['reasons'])} [{suggestion['marker']}]。{step} [{suggestion['marker']}]",
        en=f"- **{name}**: expected {suggestion['expected_effect']}, cost {cost}; {'; '.join(suggestion['reasons'])} [{suggestion['marker']}]. {step} [{suggestion['marker']}]",
    )


def _no_tactics(advice: Mapping[str, Any], turn: Turn) -> str:
    return turn.say(
        zh=f"资料库里还没有“{advice['stage_name']}”阶段的打法卡片。",
        en=f"No playbook has a tactic card for {advice['stage_name']} yet.",
    )


def _lines(figures: Sequence[EvidenceFigure], mark: str) -> list[str]:
    return [
        f"- {f.label}：{f.text} {mark}" if _is_chinese(f.label) else f"- {f.label}: {f.text} {mark}"
        for f in figures[:_MOST_LINES]
    ]


def _is_chinese(label: str) -> bool:
    """Tell whether a label is Chinese; what it quotes may be in any language."""
    return any("\u4e00" <= c <= "\u9fff" for c in _QUOTED.sub("", label))


def _period(figure: EvidenceFigure, turn: Turn) -> str:
    start, _, end = (figure.period or "").partition("/")
    if not end or start == end:
        return start
    return turn.say(zh=f"{start} 至 {end}", en=f"{start} to {end}")
