"""A plan as one page of Markdown, in its own language."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.planning.plans import Plan, PlanTactic, Sourced
from tools.results import format_value

_STATUS = {
    "draft": "草稿", "approved": "已批准", "running": "进行中", "reviewed": "已复盘", "abandoned": "已放弃",
}  # fmt: skip


def plan_markdown(plan: Plan) -> str:
    """Return the plan as Markdown; every number carries its source."""
    page = _Page(plan)
    sections = [
        page.head(), page.aim(), page.tactics(), page.budget(), page.milestones(), page.measurement(), page.risks(),
        page.sources(), page.warnings(),
    ]  # fmt: skip
    return "\n\n".join(section for section in sections if section) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    plan: Plan

    def say(self, zh: str, en: str) -> str:
        return zh if self.plan.language == "zh" else en

    def field(self, zh: str, en: str, value: str) -> str:
        return f"{zh}：{value}" if self.plan.language == "zh" else f"{en}: {value}"

    def money(self, amount: float) -> str:
        return format_value(amount, f"currency:{self.plan.budget.currency}", self.plan.language).removesuffix(
            ".00"
        )

    def head(self) -> str:
        plan = self.plan
        status = self.say(_STATUS[plan.status], plan.status)
        facts = [
            f"`{plan.id}`", self.field("状态", "status", status),
            self.field("拟定日期", "drafted", str(plan.created_on)), self.field("负责人", "owner", plan.owner),
        ]  # fmt: skip
        objective = self.field("**目标**", "**Objective**", plan.objective)
        return "\n\n".join([f"# {plan.title}", " · ".join(facts), objective])

    def aim(self) -> str:
        plan = self.plan
        reach = self.say(f"目标（{plan.by} 前）", f"Target (by {plan.by})")
        rows = [
            [self.say("基线", "Baseline"), *_cells(plan.baseline)],
            [reach, *_cells(plan.target)],
            [self.say("差距", "Gap"), *_cells(plan.gap)],
            *([driver.text, *_cells(driver.contribution)] for driver in plan.drivers),
        ]
        return _table([" ", self.say("数值", "Value"), self.say("出处", "Source")], rows)

    def tactics(self) -> str:
        items = [self._tactic(number, tactic) for number, tactic in enumerate(self.plan.tactics, 1)]
        total = self.field("预期合计", "Expected in total", self.plan.expected_total)
        return "\n\n".join([self.say("## 打法", "## Tactics"), *items, total])

    def _tactic(self, number: int, tactic: PlanTactic) -> str:
        days = self.say(f"{tactic.effort_days:g} 人日", f"{tactic.effort_days:g} person-days")
        lead = f"{number}. **{tactic.name}** [{tactic.marker}] · {tactic.owner} · {self.money(tactic.cost.value or 0)} · {days}"
        reasons = self.say("；", "; ").join(reason.rstrip("。.") for reason in tactic.reasons)
        expected = self.field("预期", "Expected", tactic.expected_effect)
        why = self.say(f"{expected}。{reasons}。", f"{expected}. {reasons}.")
        return "\n".join([lead, f"   {why}", *(f"   - {step}" for step in tactic.steps)])

    def budget(self) -> str:
        rows = [[line.item, self.money(line.amount), line.source] for line in self.plan.budget.lines]
        rows.append([self.say("**合计**", "**Total**"), f"**{self.money(self.plan.budget.total)}**", ""])
        if limit := self.plan.budget.limit:
            rows.append([self.say("上限", "Limit"), self.money(limit.value or 0), limit.source])
        header = [self.say("项目", "Item"), self.say("金额", "Amount"), self.say("出处", "Source")]
        return self.say("## 预算", "## Budget") + "\n\n" + _table(header, rows)

    def milestones(self) -> str:
        rows = [[str(m.on), m.what, m.expected.text if m.expected else ""] for m in self.plan.milestones]
        header = [self.say("日期", "Date"), self.say("事项", "What"), self.say("预期水平", "Expected level")]
        return self.say("## 里程碑", "## Milestones") + "\n\n" + _table(header, rows)

    def measurement(self) -> str:
        measured = self.plan.measurement
        lines = [
            self.field("- 指标", "- KPI", measured.kpi),
            self.field("- 节奏", "- Cadence", measured.cadence),
            self.field("- 预警线", "- Alert", f"{measured.alert.text}, {measured.alert.source}"),
        ]
        if measured.guardrails:
            names = self.say("、", ", ").join(measured.guardrails)
            lines.append(self.field("- 护栏指标", "- Guardrails", names))
        return self.say("## 度量", "## Measurement") + "\n\n" + "\n".join(lines)

    def risks(self) -> str:
        header = [
            self.say("风险", "Risk"), self.say("触发", "Trigger"), self.say("应对", "Response"),
            self.say("负责", "Owner"), self.say("出处", "Source"),
        ]  # fmt: skip
        rows = [[r.name, r.trigger, r.response, r.owner, r.source] for r in self.plan.risks]
        return self.say("## 风险", "## Risks") + "\n\n" + _table(header, rows)

    def sources(self) -> str:
        lines = []
        for item in self.plan.evidence:
            as_of = self.say("数据截至", "data as of") + " " + item.data_as_of[:16].replace("T", " ")
            lines.append(f"- [{item.marker}] {item.title} · {item.source} · {as_of}")
        for line in self.plan.citations:
            dated = f" ({line.effective_date})" if line.effective_date else ""
            lines.append(f"- [{line.marker}] {line.place}{dated}")
        definition = self.say("；", "; ").join(self.plan.measurement.definition)
        lines.append(self.field("- 口径", "- Definition", definition))
        return self.say("## 出处与口径", "## Sources and definition") + "\n\n" + "\n".join(lines)

    def warnings(self) -> str:
        return "\n".join(f"> ⚠ {warning}" for warning in self.plan.warnings)


def _cells(number: Sourced) -> list[str]:
    return [number.text, number.source]


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    cells = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
