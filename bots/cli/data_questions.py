"""The questions of `yunce metrics init`: what each column is, which rows are one event, and the zone of the days."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from bots.cli.session import Session

if TYPE_CHECKING:
    from tools.proposal import Inspection, Roles

#: Of more answers, only those like what was given are named.
_MOST_ANSWERS = 200


def ask_roles(session: Session, look: "Inspection", roles: "Roles", times: Sequence[str]) -> "Roles":
    """Ask which column is what, starting from what is proposed."""
    from tools.proposal.roles import find_lines, find_milestones

    columns = list(look.columns)
    click.echo("  " + session.say(zh="列：", en="columns: ") + ", ".join(columns))
    time = ask_one(
        session, session.say(zh="哪一列是时间", en="Which column is the time"), roles.time, _same(times)
    )
    others = [c for c in columns if c != time]
    asked = session.say(zh="哪一列是用户（没有填 -）", en="Which column is the user (- for none)")
    user = ask_one(session, asked, roles.user if roles.user in others else "-", _same([*others, "-"]))
    others = [c for c in others if c != user]
    asked = session.say(zh="哪一列是事件名（没有填 -）", en="Which column names the event (- for none)")
    event = ask_one(session, asked, roles.event if roles.event in others else "-", _same([*others, "-"]))
    name = None
    if event == "-":
        asked = session.say(zh="每行是什么事件", en="What is the event of every row")
        name = click.prompt(asked, default=roles.event_name or "event")
    money = None if roles.money in (user, time, event) else roles.money
    settled = {"user": user, "time": time, "event": event}
    found = {role: None if column == "-" else column for role, column in settled.items()}
    key, order, where = _ask_lines(session, look, find_lines(look, **found, money=money), found)
    return replace(
        roles,
        **found,
        event_name=name,
        money=money,
        id=key,
        order=order,
        where=where,
        milestones=find_milestones(look.columns[event].values) if event != "-" else {},
        dimensions=tuple(d for d in roles.dimensions if d not in {user, time, event}),
    )


def _ask_lines(
    session: Session,
    look: "Inspection",
    found: "tuple[str | None, str | None, dict[str, str]]",
    taken: Mapping[str, str | None],
) -> "tuple[str | None, str | None, dict[str, str]]":
    """Ask about what is proposed: the rows that are one event, and those that are left out."""
    key, order, where = found
    if key is not None:
        others = [c for c in look.columns if c not in taken.values()]
        asked = session.say(
            zh="共用哪一列的行算同一个事件（没有填 -）",
            en="Rows that share which column are one event (- for none)",
        )
        key = ask_one(session, asked, key, _same([*others, "-"]))
    if where:
        yes, no = session.say(zh="是", en="yes"), session.say(zh="否", en="no")
        kept = session.say(zh="、", en=", ").join(f"{name} {value}" for name, value in where.items())
        asked = session.say(
            zh=f"只保留 {kept} 的行吗（{yes}/{no}）", en=f"Keep only rows with {kept} ({yes}/{no})"
        )
        known = {yes: yes, no: no, "y": yes, "Y": yes, "n": no, "N": no}
        where = where if ask_one(session, asked, yes, known) == yes else {}
    return None if key == "-" else key, order, where


def _same(words: Sequence[str]) -> dict[str, str]:
    return {word: word for word in words}


def ask_one(session: Session, question: str, default: str | None, answers: Mapping[str, str]) -> str:
    """Ask until one of the answers is given, and return what it stands for."""
    from tools.errors import suggest

    while True:
        given = click.prompt(question, default=default).strip()
        if given in answers:
            return answers[given]
        likely: Collection[str] = answers
        if len(answers) > _MOST_ANSWERS:
            held = [word for word in answers if given.casefold() in word.casefold()]
            likely = held or get_close_matches(given, answers)
        en, zh = suggest(given, likely)
        click.echo(session.say(zh=f"这里不能填 {given}。{zh}", en=f"{given} is no answer here.{en}"))


def choose_zone(session: Session, given: str | None, *, ask: bool) -> str:
    """Return the time zone of the days: the one given, else the answer, else the language's usual one."""
    from zoneinfo import available_timezones

    from assistant.errors import InvalidRequest
    from tools.errors import nearest, show

    known = available_timezones()
    proposed = session.say(zh="Asia/Shanghai", en="UTC")
    if given is None and ask:
        question = session.say(
            zh="按哪个时区划分自然日（如 Asia/Shanghai）", en="Time zone of the days (such as Asia/Shanghai)"
        )
        return ask_one(session, question, proposed, _same(sorted(known)))
    if given is None or given in known:
        return given or proposed
    near = nearest(given, known)[0]
    near = near if given.casefold() in near.casefold() else "Asia/Shanghai"
    raise InvalidRequest(
        en=f"There is no time zone {show(given)}; use a name such as {near} or UTC.",
        zh=f"没有时区 {show(given)}，请使用 {near} 或 UTC 这样的时区名。",
        parameter="timezone",
    )
