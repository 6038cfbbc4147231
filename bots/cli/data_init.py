"""`yunce metrics init`: a first metrics.yaml from a look at the data."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.data_questions import ask_one, ask_roles, choose_zone
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
    'data/*.csv' is one source. An existing metrics.yaml is not replaced unless you say so, and then kept beside.

    \b
    Examples 例:
      yunce metrics init data/orders.csv
      yunce metrics init 'data/events-*.parquet' --yes --timezone Asia/Shanghai
    """
    session.follow("", language)
    try:
        _propose(session, paths, timezone, ask=not yes, force=force)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        from assistant.errors import InvalidRequest

        raise InvalidRequest(
            en="A question was left without an answer, and nothing was written; --yes takes what is proposed.",
            zh="有问题没有得到回答，未写入任何内容；加 --yes 可直接采用拟定的内容。",
            parameter="yes",
        ) from None


def _propose(session: Session, paths: Sequence[str], timezone: str | None, *, ask: bool, force: bool) -> None:
    """Look at the data, ask, and write; nothing is replaced by a file that cannot be used."""
    from bots.cli.data_figure import first_figure
    from tools.proposal import write_proposal

    target = _choose_target(session, ask=ask, force=force)
    drafts = [_draft(session, path, ask=ask) for path in paths]
    zone = choose_zone(session, timezone, ask=ask)
    currency = session.say(zh="CNY", en="USD")
    text = write_proposal(_apart(drafts), timezone=zone, currency=currency, language=session.language)
    tried = target.with_name(f".{target.name}.tried")
    try:
        tried.write_text(text, encoding="utf-8")
        lines = first_figure(session, tried)
        kept = _free_name(target, "before") if target.exists() else None
        if kept:
            target.rename(kept)
        tried.rename(target)
    finally:
        tried.unlink(missing_ok=True)
    click.echo(session.say(zh=f"\n已写入 {target}", en=f"\nWrote {target}"))
    if kept:
        click.echo(session.say(zh=f"原来的文件保留为 {kept}", en=f"The earlier file is kept as {kept}"))
    for line in lines:
        click.echo(line)
    click.echo(_next_step(session, target))


def _next_step(session: Session, target: Path) -> str:
    used = session.workspace.metrics_file
    if target != used:
        return session.say(
            zh=f"{used.name} 未改动；要采用新的，请把 {target.name} 改名为 {used.name}",
            en=f"{used.name} is as it was; to use the new one, rename {target.name} to {used.name}",
        )
    return session.say(
        zh="接下来：yunce metrics check 检查数据，yunce metrics list 查看指标",
        en="Next: yunce metrics check looks for what would spoil results; yunce metrics list shows the metrics",
    )


def _choose_target(session: Session, *, ask: bool, force: bool) -> Path:
    """Return the file to write: metrics.yaml, or one beside it where that may not be replaced."""
    from assistant.opening import declares_something

    file = session.workspace.metrics_file
    if force or not file.exists() or not declares_something(file):
        return file
    if ask:
        yes, no = session.say(zh="是", en="yes"), session.say(zh="否", en="no")
        answer = ask_one(
            session,
            session.say(
                zh=f"{file} 已存在，要替换吗（{yes}/{no}，“否”则写在旁边）",
                en=f"{file} exists; replace it ({yes}/{no}: no writes beside it)",
            ),
            no,
            {yes: yes, no: no, "y": yes, "Y": yes, "n": no, "N": no},
        )
        if answer == yes:
            return file
    return _free_name(file, "proposed")


def _free_name(file: Path, word: str) -> Path:
    beside, number = file.with_name(f"{file.stem}.{word}{file.suffix}"), 2
    while beside.exists():
        beside, number = file.with_name(f"{file.stem}.{word}.{number}{file.suffix}"), number + 1
    return beside


def _draft(session: Session, path: str, *, ask: bool) -> "Draft":
    from tools.errors import SourceUnavailable
    from tools.proposal import Draft, inspect_workbook, propose_roles

    look = inspect_workbook(path)
    roles = propose_roles(look)
    times = [name for name, column in look.columns.items() if column.kind == "time"]
    click.echo(
        session.say(
            zh=f"{path}：看了 {look.rows:,} 行、{len(look.columns)} 列",
            en=f"{path}: looked at {look.rows:,} rows, {len(look.columns)} columns",
        )
    )
    if look.sheet:
        click.echo("  " + session.say(zh="工作表：", en="sheet: ") + look.sheet)
    if look.export:
        known = {"ga4": "GA4", "mixpanel": "Mixpanel", "amplitude": "Amplitude"}[look.export]
        click.echo(session.say(zh=f"  是 {known} 的原始导出", en=f"  a raw export of {known}"))
    elif not times:
        columns = ", ".join(list(look.columns)[:20])
        raise SourceUnavailable(
            en=f"{path}: no column of {columns} holds times, so nothing can be measured by day.",
            zh=f"{path}：在列 {columns} 中没有找到时间，无法按日统计。",
            parameter="path",
        )
    elif ask:
        roles = ask_roles(session, look, roles, times)
    for zh, en, column in (
        ("用户", "user", roles.user),
        ("时间", "time", roles.time),
        ("事件", "event", roles.event),
        ("每行都是", "every row is", None if roles.event else roles.event_name),
        ("金额", "amount", roles.money),
    ):
        if column and not look.export:
            click.echo(f"  {session.say(zh=zh + '：', en=en + ': ')}{column}")
    if not look.export:
        _tell_lines(session, look, roles)
    root = session.workspace.root
    place = Path(path).absolute()
    inside = place.is_relative_to(root.absolute())
    shown = os.path.relpath(place, root.absolute()) if inside else str(place)
    return Draft(Path(path.replace("*", "")).name.split(".")[0].strip("-_") or "events", shown, look, roles)


def _tell_lines(session: Session, look: "Inspection", roles: "Roles") -> None:
    """Say which rows are taken for one event or left out, and why."""
    from tools.proposal.lines import explain_key, explain_order, explain_where

    language, colon, stop = session.language, session.say(zh="：", en=": "), session.say(zh="。", en=".")
    if roles.id:
        click.echo(f"  id{colon}{roles.id} – {explain_key(look, roles.id).in_language(language)}{stop}")
    if roles.where:
        kept = ", ".join(f"{name} {value}" for name, value in roles.where.items())
        click.echo(f"  where{colon}{kept} – {explain_where(look, roles.where).in_language(language)}{stop}")
    if roles.order:
        click.echo(f"  {explain_order(roles.order, roles.money).in_language(language)}")


def _apart(drafts: "list[Draft]") -> "list[Draft]":
    """Give each source a name of its own."""
    from tools.proposal.writing import name_key

    seen: set[str] = set()
    named = []
    for draft in drafts:
        name, number = draft.name, 2
        while name_key(name) in seen:
            name, number = f"{draft.name}_{number}", number + 1
        seen.add(name_key(name))
        named.append(replace(draft, name=name))
    return named
