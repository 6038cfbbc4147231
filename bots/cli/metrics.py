"""`yunce metrics`: what can be measured, a check of the data, and one measurement."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from assistant.cell_names import name_cells
from bots.cli.data_check import check
from bots.cli.data_init import init_metrics
from bots.cli.session import Session
from bots.cli.terminal import format_result_table, pad, print_json, wrap
from bots.cli.tool_arguments import print_tool

if TYPE_CHECKING:
    from tools import Metrics
    from tools.publication import MetricTool
    from tools.results import Text

#: Rows of a result's table that are printed; --json prints them all.
_SHOWN_ROWS = 40


@click.group()
def metrics() -> None:
    """Measure the product's own data."""


@metrics.command("list")
@click.argument("name", required=False)
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_metrics(session: Session, name: str | None, language: str | None, as_json: bool) -> None:
    """List the tools and the named metrics; or, of NAME, every argument with its meaning, values and default.

    \b
    Examples 例:
      yunce metrics list
      yunce metrics list measure_funnel
    """
    from assistant.planning.tactics import STAGE_NAMES

    session.follow("", language)
    with session.metrics() as opened:
        if name is not None:
            _list_one(session, opened, name, as_json=as_json)
            return
        if as_json:
            print_json(_catalogue(opened))
            return
        semantics = opened.semantics
        click.echo(session.say(zh="工具（yunce metrics run 名称 …）", en="Tools (yunce metrics run NAME …)"))
        for tool in opened.tools():
            example = tool.examples[0].in_language(session.language)
            click.echo(_line(tool.name, tool.title) + click.style(f"  {example}", dim=True))
        stages = [metric.stage for metric in semantics.metrics.values()]
        click.echo(session.say(zh="metrics.yaml 的指标", en="Metrics of metrics.yaml"))
        for stage in dict.fromkeys(stages):
            if stage is not None:
                click.echo(f"  [{STAGE_NAMES[stage][session.language != 'zh']}]")
            for name, metric in semantics.metrics.items():
                if metric.stage == stage:
                    click.echo(_line(name, semantics.metric_text(name)))
        if not stages:
            click.echo(session.say(zh="  （没有）", en="  (none)"))
        if semantics.segments:
            click.echo(session.say(zh="保存的人群", en="Saved segments"))
        for name in semantics.segments:
            click.echo(_line(name, semantics.segment_text(name)))


def _list_one(session: Session, opened: "Metrics", name: str, *, as_json: bool) -> None:
    is_metric = name in opened.semantics.metrics
    if not is_metric:
        _check_name(name, opened)
    tool = next(t for t in opened.tools() if t.name == ("measure_metric" if is_metric else name))
    if as_json:
        print_json(_describe(tool))
    else:
        print_tool(session, tool, name, opened.semantics.metric_text(name) if is_metric else tool.title)


def _describe(tool: "MetricTool") -> dict[str, Any]:
    return {
        "name": tool.name,
        "title": {"zh": tool.title.zh, "en": tool.title.en},
        "arguments": tool.arguments.model_json_schema(),
    }


def _line(name: str, text: "Text") -> str:
    return f"  {name:<28} {pad(text.zh, 20)} {pad(text.en, 28)}".rstrip()


def _catalogue(opened: "Metrics") -> dict[str, Any]:
    tools = [_describe(tool) for tool in opened.tools()]
    named = {name: metric.model_dump(mode="json") for name, metric in opened.semantics.metrics.items()}
    return {"tools": tools, "metrics": named}


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
    """Measure NAME: a tool, or a named metric of metrics.yaml; `yunce metrics list NAME` tells its arguments.

    \b
    Examples 例:
      yunce metrics run d1_retention --start 2026-09-21 --end 2026-09-27 --arg breakdown=channel
      yunce metrics run measure_funnel --start 2026-09-01 --end 2026-09-30 --arg 'steps=["view", "order_create"]'
    """
    session.follow("", language)
    given = {key: value for key, value in (("start", start), ("end", end)) if value}
    given |= dict(map(_argument, arguments))
    with session.metrics() as opened:
        tool = name
        if name in opened.semantics.metrics:
            tool, given = "measure_metric", {"metric": name, **given}
        else:
            _check_name(name, opened)
        result = opened.run(tool, given, teams=None, language=session.language).to_dict(session.language)
        named = name_cells(result, opened.semantics, session.language)
    if as_json:
        print_json(result)
    else:
        _print_result(session, result | {"table": named})


def _argument(text: str) -> tuple[str, Any]:
    from assistant.errors import InvalidRequest

    key, equals, value = text.partition("=")
    if not equals or not key:
        raise InvalidRequest(
            en=f"--arg takes KEY=VALUE, e.g. interval=week; {text[:80]!r} is not.",
            zh=f"--arg 的写法是 名称=值，例如 interval=week；{text[:80]!r} 不是。",
            parameter="arg",
        )
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


def _check_name(name: str, opened: "Metrics") -> None:
    """Refuse a name that is neither a tool nor a metric, and say which are like it."""
    from tools.errors import UnknownMetric, show, suggest

    known = [tool.name for tool in opened.tools()]
    if name not in known:
        en, zh = suggest(name, [*opened.semantics.metrics, *known])
        raise UnknownMetric(
            en=f"There is no metric or tool {show(name)}.{en}",
            zh=f"没有指标或工具 {show(name)}。{zh}",
            parameter="name",
        )


def _print_result(session: Session, result: Mapping[str, Any]) -> None:
    from assistant.answer import DefinitionLine
    from bots.cli.rendering import render_definition, render_warning

    click.echo(click.style(result["title"], bold=True))
    zh = session.language == "zh"
    colon = "：" if zh else ": "
    for figure in result["figures"]:
        counted = f" (n={figure['n']:,})" if figure["n"] is not None else ""
        between = _between(figure, session.language)
        click.echo(
            wrap(f"{figure['label']}{colon}{figure['text']}{between}{counted}", indent="  ", hanging="    ")
        )
    if result["table"]["rows"]:
        click.echo("\n" + format_result_table(result["table"], zh=zh, most=_SHOWN_ROWS) + "\n")
    lines = [DefinitionLine.model_validate(line) for line in result["definition"]]
    click.echo(render_definition(lines, zh=zh, indent="  "))
    for warning in result["warnings"]:
        click.echo(render_warning(warning))


def _between(figure: Mapping[str, Any], language: str) -> str:
    """Return the 95 % interval of a figure, if it has one."""
    from tools.results import format_value

    if figure["interval"] is None or None in (figure["value"], *figure["interval"]):
        return ""
    low, high = (format_value(bound, figure["unit"], language) for bound in figure["interval"])
    return f"（95% 区间 {low} 至 {high}）" if language == "zh" else f" (95% interval {low} to {high})"


metrics.add_command(init_metrics)
metrics.add_command(check)
