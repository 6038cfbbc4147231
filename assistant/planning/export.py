"""A plan as one page of Markdown, in its own language."""

from collections.abc import Iterable

from assistant.planning.plans import Plan, Sourced
from tools.results import format_value


def plan_markdown(plan: Plan) -> str:
    """Return the plan as Markdown; every number carries its source."""
    zh = plan.language == "zh"

    def say(chinese: str, english: str) -> str:
        return chinese if zh else english

    unit = f"currency:{plan.budget.currency}"
    parts = [
        f"# {plan.title}",
        f"`{plan.id}` · {say('状态', 'status')}: {say('草稿', 'draft') if plan.status == 'draft' else plan.status}"
        f" · {say('拟定日期', 'drafted')}: {plan.created_on} · {say('负责人', 'owner')}: {plan.owner}",
        f"**{say('目标', 'Objective')}**: {plan.objective}",
        _table(
            [say("", ""), say("数值", "Value"), say("出处", "Source")],
            [
                [say("基线", "Baseline"), *_cells(plan.baseline)],
                [f"{say('目标', 'Target')} ({plan.by})", *_cells(plan.target)],
                [say("差距", "Gap"), *_cells(plan.gap)],
                *([d.text, *_cells(d.contribution)] for d in plan.drivers),
            ],
        ),
        f"## {say('打法', 'Tactics')}",
        *(_tactic(plan, index, say) for index in range(len(plan.tactics))),
        f"{say('预期合计', 'Expected in total')}: {plan.expected_total}",
        f"## {say('预算', 'Budget')}",
        _table(
            [say("项目", "Item"), say("金额", "Amount"), say("出处", "Source")],
            [
                *(
                    [line.item, format_value(line.amount, unit, plan.language), line.source]
                    for line in plan.budget.lines
                ),
                [
                    f"**{say('合计', 'Total')}**",
                    f"**{format_value(plan.budget.total, unit, plan.language)}**",
                    "",
                ],
            ],
        ),
        f"## {say('里程碑', 'Milestones')}",
        _table(
            [say("日期", "Date"), say("事项", "What"), say("预期水平", "Expected level")],
            [[str(m.on), m.what, m.expected.text if m.expected else ""] for m in plan.milestones],
        ),
        f"## {say('度量', 'Measurement')}",
        "\n".join(
            [
                f"- KPI: {plan.measurement.kpi};{say('节奏', 'cadence')}: {plan.measurement.cadence}",
                f"- {say('预警线', 'Alert')}: {plan.measurement.alert.text}({plan.measurement.alert.source})",
                *(
                    [f"- {say('护栏指标', 'Guardrails')}: {', '.join(plan.measurement.guardrails)}"]
                    if plan.measurement.guardrails
                    else []
                ),
                f"- {say('口径', 'Definition')}: {'; '.join(plan.measurement.definition)}",
            ]
        ),
        f"## {say('风险', 'Risks')}",
        _table(
            [
                say("风险", "Risk"),
                say("触发", "Trigger"),
                say("应对", "Response"),
                say("负责", "Owner"),
                say("出处", "Source"),
            ],
            [[r.name, r.trigger, r.response, r.owner, r.source] for r in plan.risks],
        ),
        *_sources(plan, say),
        *(f"> ⚠ {warning}" for warning in plan.warnings),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _tactic(plan: Plan, index: int, say) -> str:  # type: ignore[no-untyped-def]
    tactic = plan.tactics[index]
    steps = "\n".join(f"   - {step}" for step in tactic.steps)
    return (
        f"{index + 1}. **{tactic.name}** [{tactic.marker}] · {tactic.owner} · {tactic.cost.text} · "
        f"{tactic.effort_days:g} {say('人日', 'person-days')}\n"
        f"   {say('预期', 'expected')}: {tactic.expected_effect}。{';'.join(tactic.reasons)}\n{steps}"
        if plan.language == "zh"
        else f"{index + 1}. **{tactic.name}** [{tactic.marker}] · {tactic.owner} · {tactic.cost.text} · "
        f"{tactic.effort_days:g} person-days\n"
        f"   Expected: {tactic.expected_effect}. {'; '.join(tactic.reasons)}\n{steps}"
    )


def _sources(plan: Plan, say) -> list[str]:  # type: ignore[no-untyped-def]
    lines = [
        f"- [{e.marker}] {e.title} · {e.source} · {say('数据截至', 'data as of')} {e.data_as_of}"
        for e in plan.evidence
    ]
    lines += [
        f"- [{c.marker}] {c.place}"
        + (f" ({c.effective_date})" if c.effective_date else "") + (f": “{c.quote}”" if len(c.quote) < 120 else "")
        for c in plan.citations
    ]  # fmt: skip
    return [f"## {say('出处', 'Sources')}", "\n".join(lines)] if lines else []


def _cells(number: Sourced) -> list[str]:
    return [number.text, number.source]


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )
