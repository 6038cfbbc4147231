"""The result of an experiment in words: of each metric and arm one line, what it came to beside control and by how sure."""

from collections.abc import Iterator, Mapping

from assistant.analyst.measurements import write_between
from assistant.answer import Evidence, EvidenceFigure
from assistant.turn import Turn

_EFFECT = "effect_"
#: What a line tells of an arm, and what of it only the evidence shows.
_TOLD = ("effect_", "relative_", "pvalue_", "corrected_")
_SURE = 0.05


def write_experiment(evidence: Evidence, turn: Turn) -> str:
    """State each metric of each arm beside control, the difference with its interval, and whether chance explains it."""
    known = {f.name: f for f in evidence.figures}
    mark, colon = f"[{evidence.marker}]", turn.say(zh="：", en=": ")
    lines, told = [], set[str]()
    for figure in evidence.figures:
        if figure.name.startswith(_EFFECT) and (said := _result(figure, known, turn)) is not None:
            lines.append(f"- {said} {mark}")
            told |= {name for name in known if name.startswith(_TOLD) or "_in_" in name}
    rest = [f for f in evidence.figures if f.name not in told]
    lines += [f"- {f.label}{colon}{f.text}{write_between(f, turn)} {mark}" for f in rest]
    warnings = [f"⚠ {warning} {mark}" for warning in evidence.warnings[:3]]
    return "\n".join([f"**{evidence.title}** {mark}", *lines, *warnings])


def _result(effect: EvidenceFigure, known: Mapping[str, EvidenceFigure], turn: Turn) -> str | None:
    """Return what one arm came to in one metric; None where its level, or that of control, is not given."""
    levels = dict(_levels(effect, known))
    if len(levels) != 2:
        return None
    own, control = levels.values()
    suffix = effect.name.removeprefix(_EFFECT)
    pvalue = known.get(f"corrected_{suffix}") or known.get(f"pvalue_{suffix}")
    head, _, arm = own.label.rpartition(turn.say(zh="：", en=": "))
    beside = control.label.rpartition(turn.say(zh="：", en=": "))[2]
    sure = pvalue is not None and pvalue.value is not None and pvalue.value < _SURE
    p = f"p {pvalue.text}" if pvalue else ""
    return turn.say(
        zh=f"{head}：{arm} {own.text}，{beside} {control.text}，相差 {effect.text}{write_between(effect, turn)}，{p}，"
        + ("超出随机波动。" if sure else "不能排除是随机波动。"),
        en=f"{head}: {arm} {own.text}, {beside} {control.text}, a difference of {effect.text}{write_between(effect, turn)}, {p}, "
        + ("more than chance explains." if sure else "which chance may explain."),
    )


def _levels(
    effect: EvidenceFigure, known: Mapping[str, EvidenceFigure]
) -> Iterator[tuple[str, EvidenceFigure]]:
    """Yield the level of the arm that an effect is of, then that of the arm it is compared with."""
    suffix = effect.name.removeprefix(_EFFECT)
    levels = {name: f for name, f in known.items() if "_in_" in name}
    own = next((n for n in levels if n.replace("_in_", "_", 1) == suffix), None)
    if own is None:
        return
    metric = own.split("_in_")[0]
    treated = {n.removeprefix(f"{_EFFECT}{metric}_") for n in known if n.startswith(f"{_EFFECT}{metric}_")}
    control = next(
        (n for n in levels if n.startswith(f"{metric}_in_") and n.split("_in_")[1] not in treated), None
    )
    if control is not None:
        yield own, levels[own]
        yield control, levels[control]
