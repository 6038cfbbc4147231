"""`yunce plan`: draft, list, show and export plans."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.session import Session, run
from bots.cli.terminal import print_json

if TYPE_CHECKING:
    from assistant.planning.plans import Plan, PlanRequest


@click.group()
def plan() -> None:
    """Draft operations plans from the data and the playbooks."""


@plan.command()
@click.argument("objective")
@click.option("--metric", help="Metric of metrics.yaml to move; by default the one that OBJECTIVE names.")
@click.option("--target", type=float, help="Level to reach, in the metric's unit: 45 % is 0.45.")
@click.option("--by", type=click.DateTime(["%Y-%m-%d"]), help="Day to reach it by.")
@click.option("--budget", type=float, help="Most that may be spent.")
@click.option("--owner", help="Who answers for the plan.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the objective's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def draft(
    session: Session,
    objective: str,
    metric: str | None,
    target: float | None,
    by: datetime | None,
    budget: float | None,
    owner: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Draft a plan for OBJECTIVE and save it.

    \b
    Examples 例:
      yunce plan draft "把次日留存拉回来" --budget 30000 --by 2026-11-30
      yunce plan draft "Lift day-1 retention to 45%" --owner "Chen Mo"
    """
    from assistant.planning.plans import plan_request

    session.follow(objective, language)
    request = plan_request(
        objective=objective, metric=metric, target=target, by=by.date() if by else None, budget=budget,
        owner=owner, language=session.language,
    )  # fmt: skip
    drafted = run(_draft(session, request))
    _show(drafted, as_json)
    if not as_json:
        lead = session.say(zh="\n已保存；导出为 Markdown：", en="\nSaved. As Markdown: ")
        click.echo(f"{lead}yunce plan export {drafted.id}")


@plan.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_plans(session: Session, as_json: bool) -> None:
    """List the saved plans, newest first."""
    plans = run(_plans(session))
    if as_json:
        print_json([p.model_dump(mode="json") for p in plans])
    elif not plans:
        click.echo(session.say(zh="还没有计划：", en="No plans yet: ") + 'yunce plan draft "…"')
    for item in [] if as_json else plans:
        measured = f"{item.baseline.text} → {item.target.text}"
        click.echo(f"{item.id}  {item.status:<8} {item.created_on}  {item.title}: {measured}")


@plan.command()
@click.argument("plan_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(session: Session, plan_id: str, as_json: bool) -> None:
    """Show one plan."""
    _show(run(_find(session, plan_id)), as_json)


@plan.command()
@click.argument("plan_id")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File; by default ID.md."
)
@click.pass_obj
def export(session: Session, plan_id: str, output: Path | None) -> None:
    """Write one plan to a Markdown file."""
    from assistant.planning.export import plan_markdown

    target = output or Path(f"{plan_id}.md")
    target.write_text(plan_markdown(run(_find(session, plan_id))), encoding="utf-8")
    click.echo(str(target))


def _show(item: "Plan", as_json: bool) -> None:
    from assistant.planning.export import plan_markdown
    from bots.cli.markdown import render_markdown

    if as_json:
        print_json(item.model_dump(mode="json"))
    else:
        click.echo(render_markdown(plan_markdown(item)))


async def _draft(session: Session, request: "PlanRequest") -> "Plan":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        return await assistant.draft_plan(request, principal=OWNER)


async def _plans(session: Session) -> "list[Plan]":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        return assistant.plans.list(principal=OWNER)


async def _find(session: Session, plan_id: str) -> "Plan":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        return assistant.plans.find(plan_id, principal=OWNER)
