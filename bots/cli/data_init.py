"""`yunce metrics init`: a first metrics.yaml from a look at the data."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.session import Session

if TYPE_CHECKING:
    from tools.proposal import Draft, Inspection, Roles


@click.command("init")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--yes", is_flag=True, help="Ask nothing; take what is proposed.")
@click.option("--force", is_flag=True, help="Replace an existing metrics.yaml.")
@click.option("--timezone", help="Zone of the days, and of times without one, e.g. Asia/Shanghai.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the terminal's.")
@click.pass_obj
def init_metrics(
    session: Session,
    paths: tuple[str, ...],
    yes: bool,
    force: bool,
    timezone: str | None,
    language: str | None,
) -> None:
    """Look at PATH… and write a metrics.yaml: which column is the user, the event, the time, and metrics to start with.

    PATH is Parquet, CSV, Excel or JSON lines, or a raw export of GA4, Mixpanel or Amplitude; a pattern such as
    'data/*.csv' is one source. An existing metrics.yaml is not replaced unless you say so.

    \b
    Examples 例:
      yunce metrics init data/orders.csv
      yunce metrics init 'data/events-*.parquet' --yes --timezone Asia/Shanghai
    """
    from tools.proposal import write_proposal
    from tools.semantics import load_semantics

    session.follow("", language)
    target = _choose_target(session, yes=yes, force=force)
    drafts = [_draft(session, path, ask=not yes) for path in paths]
    zone = _choose_zone(session, drafts, timezone, ask=not yes)
    currency = session.say(zh="CNY", en="USD")
    text = write_proposal(_apart(drafts), timezone=zone, currency=currency, language=session.language)
    load_semantics(text)
    target.write_text(text, encoding="utf-8")
    click.echo(session.say(zh=f"\n已写入 {target}", en=f"\nWrote {target}"))
    _show_first_figure(session, target)


def _choose_target(session: Session, *, yes: bool, force: bool) -> Path:
    """Return the file to write: metrics.yaml, or one beside it where that may not be replaced."""
    from assistant.opening import declares_something

    file = session.workspace.metrics_file
    if force or not file.exists() or not declares_something(file):
        return file
    question = session.say(zh=f"{file} 已存在，要替换吗？", en=f"{file} exists. Replace it?")
    if not yes and click.confirm(question, default=False):
        return file
    beside = file.with_name("metrics.proposed.yaml")
    number = 2
    while beside.exists():
        beside, number = file.with_name(f"metrics.proposed.{number}.yaml"), number + 1
    return beside


def _draft(session: Session, path: str, *, ask: bool) -> "Draft":
    from tools.errors import SourceUnavailable
    from tools.proposal import Draft, inspect_data, propose_roles

    look = inspect_data(path)
    roles = propose_roles(look)
    click.echo(
        session.say(
            zh=f"{path}：看了 {look.rows:,} 行、{len(look.columns)} 列",
            en=f"{path}: looked at {look.rows:,} rows, {len(look.columns)} columns",
        )
    )
    if look.export:
        known = {"ga4": "GA4", "mixpanel": "Mixpanel", "amplitude": "Amplitude"}[look.export]
        click.echo(session.say(zh=f"  是 {known} 的原始导出", en=f"  a raw export of {known}"))
    elif ask:
        roles = _ask_roles(session, look, roles)
    if roles.time is None and not look.export:
        columns = ", ".join(list(look.columns)[:20])
        raise SourceUnavailable(
            en=f"{path}: no column of {columns} holds times, so nothing can be measured by day.",
            zh=f"{path}：在列 {columns} 中没有找到时间，无法按日统计。",
            parameter="path",
        )
    for zh, en, column in (
        ("用户", "user", roles.user),
        ("时间", "time", roles.time),
        ("事件", "event", roles.event),
        ("每行都是", "every row is", None if roles.event else roles.event_name),
        ("金额", "amount", roles.money),
    ):
        if column and not look.export:
            click.echo(f"  {session.say(zh=zh + '：', en=en + ': ')}{column}")
    root = session.workspace.root
    place = Path(path).absolute()
    inside = place.is_relative_to(root.absolute())
    shown = os.path.relpath(place, root.absolute()) if inside else str(place)
    return Draft(Path(path.replace("*", "")).name.split(".")[0].strip("-_") or "events", shown, look, roles)


def _ask_roles(session: Session, look: "Inspection", roles: "Roles") -> "Roles":
    from tools.proposal.roles import find_milestones

    columns = list(look.columns)
    click.echo("  " + session.say(zh="列：", en="columns: ") + ", ".join(columns))
    user = _ask(
        session,
        "哪一列是用户（没有填 -）",
        "Which column is the user (- for none)",
        roles.user or "-",
        [*columns, "-"],
    )
    time = _ask(session, "哪一列是时间", "Which column is the time", roles.time or "-", columns)
    event = _ask(
        session,
        "哪一列是事件名（没有填 -）",
        "Which column names the event (- for none)",
        roles.event or "-",
        [*columns, "-"],
    )
    changed = {"-": None}
    event_column = changed.get(event, event)
    name = roles.event_name
    if event_column is None:
        name = click.prompt(
            session.say(zh="每行是什么事件", en="What is the event of every row"), default=name or "event"
        )
    milestones = find_milestones(look.columns[event_column].values) if event_column else {}
    taken = {user, time, event}
    return replace(
        roles,
        user=changed.get(user, user),
        time=changed.get(time, time),
        event=event_column,
        event_name=None if event_column else name,
        milestones=milestones,
        dimensions=tuple(d for d in roles.dimensions if d not in taken),
    )


def _ask(session: Session, zh: str, en: str, default: str, known: Iterable[str]) -> str:
    words = list(known)
    return click.prompt(
        session.say(zh=zh, en=en), default=default, value_proc=_one_of(session, words, default)
    )


def _one_of(session: Session, known: list[str], default: str) -> Callable[[str], str]:
    from tools.errors import suggest

    def check(value: str) -> str:
        if value in known or value == default != "-":
            return value
        en, zh = suggest(value, known)
        raise click.UsageError(session.say(zh=f"没有列 {value}。{zh}", en=f"There is no column {value}.{en}"))

    return check


def _choose_zone(session: Session, drafts: "list[Draft]", given: str | None, *, ask: bool) -> str:
    from zoneinfo import ZoneInfo

    from assistant.errors import InvalidRequest

    proposed = given or session.say(zh="Asia/Shanghai", en="UTC")
    if ask and given is None:
        proposed = click.prompt(
            session.say(
                zh="按哪个时区划分自然日（如 Asia/Shanghai）",
                en="Time zone of the days (such as Asia/Shanghai)",
            ),
            default=proposed,
        )
    try:
        ZoneInfo(proposed)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidRequest(
            en=f"There is no time zone {proposed!r}; use a name such as Asia/Shanghai or UTC.",
            zh=f"没有时区 {proposed!r}，请使用 Asia/Shanghai 或 UTC 这样的时区名。",
            parameter="timezone",
        ) from error
    return proposed


def _apart(drafts: "list[Draft]") -> "list[Draft]":
    """Give each source a name of its own."""
    seen: dict[str, int] = {}
    named = []
    for draft in drafts:
        seen[draft.name] = seen.get(draft.name, 0) + 1
        number = seen[draft.name]
        named.append(draft if number == 1 else replace(draft, name=f"{draft.name}_{number}"))
    return named


def _show_first_figure(session: Session, target: Path) -> None:
    from datetime import timedelta

    from tools import Metrics

    opened = Metrics.open(target)
    try:
        names = list(opened.semantics.metrics)
        name = next((n for n in ("dau", "buyers") if n in names), names[0] if names else None)
        if name is None:
            return
        span = opened.coverage(opened.semantics.metrics[name].source, teams=None)
        start = max(span.start, span.complete_through - timedelta(days=27))
        asked = {"metric": name, "start": str(start), "end": str(max(start, span.complete_through))}
        result = opened.run("measure_metric", asked, teams=None, language=session.language)
        figure = result.figures[0].to_dict(session.language)
    finally:
        opened.close()
    colon = session.say(zh="：", en=": ")
    period = session.say(zh=f"{asked['start']} 至 {asked['end']}", en=f"{asked['start']} to {asked['end']}")
    click.echo(
        f"{figure['label']}{colon}{figure['text']}（{period}）"
        if session.language == "zh"
        else f"{figure['label']}{colon}{figure['text']} ({period})"
    )
    for warning in result.warnings[:3]:
        click.echo(f"⚠ {warning.in_language(session.language)}")
    click.echo(
        session.say(
            zh="接下来：yunce metrics check 检查数据，yunce metrics list 查看指标",
            en="Next: yunce metrics check looks for what would spoil results; yunce metrics list shows the metrics",
        )
    )
