"""`yunce metrics check`: what in the data would spoil results."""

from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import pad, print_json, wrap

if TYPE_CHECKING:
    from tools import Metrics

_COLORS = {"serious": "red", "warning": "yellow", "note": None}


@click.command("check")
@click.argument("source", required=False)
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, source: str | None, language: str | None, as_json: bool) -> None:
    """Look for what would spoil results: in SOURCE, or in every source of metrics.yaml.

    Duplicates, gaps in days, clocks and time zones, bots, late events, changed names, spellings, users without id,
    old data; each with numbers, what it spoils and how to mend it. Exit status 1 when something serious is found.

    \b
    Examples 例:
      yunce metrics check
      yunce metrics check orders --json
    """
    session: Session = ctx.obj
    session.follow("", language)
    with session.metrics() as opened:
        names = [source] if source else list(opened.semantics.sources)
        found = {name: _check(opened, name, session.language) for name in names}
    if as_json:
        print_json(found)
    for name, report in {} if as_json else found.items():
        _print_report(session, name, report)
    is_serious = any(f["severity"] == "serious" for report in found.values() for f in report["findings"])
    ctx.exit(1 if is_serious else 0)


def _check(opened: "Metrics", source: str, language: str) -> dict[str, Any]:
    result = opened.run("check_data", {"source": source}, teams=None, language=language)
    span = opened.coverage(source, teams=None)
    said = result.to_dict(language)
    table = said["table"]
    return {
        "start": span.start,
        "end": span.end,
        "data_as_of": said["data_as_of"],
        "complete_through": span.complete_through,
        "usable_rows": said["n"],
        "findings": [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]],
        "not_checked": [w for w in said["warnings"] if w.startswith(("未检查", "Not checked"))],
    }


def _print_report(session: Session, name: str, report: dict[str, Any]) -> None:
    newest = report["data_as_of"].replace("T", " ")[:16]
    rows = f"{report['usable_rows']:,}"
    line = session.say(
        zh=f"{name}：{report['start']} – {report['end']}，{rows} 行可用，最新事件 {newest}",
        en=f"{name}: {report['start']} – {report['end']}, {rows} usable rows, newest event {newest}",
    )
    click.echo(click.style(line, bold=True))
    for finding in report["findings"]:
        _print_finding(session, finding)
    for sentence in report["not_checked"]:
        click.echo(wrap(sentence, indent="  ", hanging="    "))
    if not report["findings"]:
        nothing = session.say(
            zh="正常：没有发现会影响结果的问题。", en="ok: nothing found that would spoil results."
        )
        click.echo(f"  {nothing}")


def _print_finding(session: Session, finding: dict[str, Any]) -> None:
    from tools.quality.findings import SEVERITY_TEXT

    severity = finding["severity"]
    label = SEVERITY_TEXT[severity].in_language(session.language)
    lead, indent = pad(label, 9), " " * 11
    click.echo(click.style(wrap(f"  {lead}{finding['what']}", hanging=indent), fg=_COLORS[severity]))
    for zh, en, key in (("影响：", "Spoils: ", "spoils"), ("处理：", "Mend: ", "mend")):
        click.echo(wrap(session.say(zh=zh, en=en) + finding[key], indent=indent, hanging=indent + "  "))
