"""`yunce metrics`: what can be measured, a check of the data, and one measurement."""

import json
from typing import Any

import click

from bots.cli.session import Session, print_json


@click.group()
def metrics() -> None:
    """Measure the product's own data."""


@metrics.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_metrics(session: Session, as_json: bool) -> None:
    """List the tools and the named metrics."""
    with session.metrics() as opened:
        semantics, tools = opened.semantics, opened.tools()
    if as_json:
        print_json(
            {
                "tools": [
                    {
                        "name": t.name,
                        "title": {"zh": t.title.zh, "en": t.title.en},
                        "arguments": t.arguments.model_json_schema(),
                    }
                    for t in tools
                ],
                "metrics": {name: m.model_dump(mode="json") for name, m in semantics.metrics.items()},
            }
        )
        return
    click.echo("Tools 工具 (yunce metrics run NAME …)")
    for tool in tools:
        click.echo(f"  {tool.name:<28} {tool.title.zh} {tool.title.en}")
    click.echo("Named metrics 指标 (yunce metrics run NAME …)")
    for name in semantics.metrics:
        text = semantics.metric_text(name)
        click.echo(f"  {name:<28} {text.zh} {text.en}")


@metrics.command()
@click.pass_obj
def check(session: Session) -> None:
    """Read metrics.yaml and its data; say what each source covers."""
    with session.metrics() as opened:
        for name in opened.semantics.sources:
            coverage = opened.coverage(name, teams=None)
            click.echo(f"ok   {name}: {coverage.start} – {coverage.end}")


@metrics.command("run")
@click.argument("name")
@click.option("--start", help="First day, YYYY-MM-DD.")
@click.option("--end", help="Last day, YYYY-MM-DD.")
@click.option(
    "--arg",
    "arguments",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any other argument; VALUE may be JSON (repeatable).",
)
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def run_metric(
    session: Session,
    name: str,
    start: str | None,
    end: str | None,
    arguments: tuple[str, ...],
    language: str | None,
    as_json: bool,
) -> None:
    """Measure NAME: a tool, or a named metric of metrics.yaml."""
    from assistant.settings import interface_language

    session.language = language or interface_language()
    given = {key: value for key, value in (("start", start), ("end", end)) if value} | dict(
        map(_argument, arguments)
    )
    with session.metrics() as opened:
        tool = name
        if name in opened.semantics.metrics:
            tool, given = "measure_metric", {"metric": name, **given}
        result = opened.run(tool, given, teams=None, language=session.language).to_dict(session.language)
    if as_json:
        print_json(result)
    else:
        _print_result(result)


def _argument(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE, e.g. interval=week", param_hint="--arg")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


def _print_result(result: dict[str, Any]) -> None:
    click.echo(click.style(result["title"], bold=True))
    for figure in result["figures"]:
        counted = f"  (n={figure['n']:,})" if figure["n"] is not None else ""
        click.echo(f"  {figure['label']}: {figure['text']}{counted}")
    for line in result["definition"]:
        click.echo(click.style(f"  {line['label']}: {line['value']}", dim=True))
    for warning in result["warnings"]:
        click.echo(click.style(f"  ⚠ {warning}", fg="yellow"))
