"""Exports of Slack: a document for each channel and month, with threads kept together."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import PurePosixPath
from typing import Any

from knowledge.cleaning import clean
from knowledge.errors import UnreadableDocument, display

_DAY = re.compile(r"\A(\d{4}-\d{2})-\d{2}\.json\Z")
_MENTION = re.compile(r"<([@#!])([^>|]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^>|]+)(?:\|([^>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_MOST_MEMBERS = 0.8
_SAID = {None, "bot_message", "thread_broadcast", "me_message", "file_share", "file_comment"}


@dataclass(frozen=True, slots=True)
class _Workspace:
    """Who is who, and the time zone that nearly all members keep; UTC where they differ."""

    names: Mapping[str, str]
    zone: tzinfo
    zone_name: str

    @classmethod
    def of(cls, users: Sequence[Mapping[str, Any]]) -> "_Workspace":
        from zoneinfo import ZoneInfo

        names = {str(user.get("id")): _name_user(user) for user in users}
        zones = Counter(str(user["tz"]) for user in users if user.get("tz") and not user.get("is_bot"))
        [(name, members)] = zones.most_common(1) or [("UTC", 0)]
        if members < _MOST_MEMBERS * zones.total():
            name = "UTC"
        try:
            zone: tzinfo = ZoneInfo(name) if name != "UTC" else UTC
        except (KeyError, ValueError, OSError):  # a name that no system knows
            return cls(names, UTC, "UTC")
        return cls(names, zone, name)

    def read_time(self, message: Mapping[str, Any]) -> datetime:
        try:
            return datetime.fromtimestamp(_read_time(message), self.zone)
        except (ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(0, self.zone)


def find_root(paths: Collection[str]) -> str | None:
    """Return the folder of a Slack export in an archive ("" for its top), None if it is none."""
    for path in paths:
        root = path.removesuffix("channels.json")
        if PurePosixPath(path).name == "channels.json" and f"{root}users.json" in paths:
            return root
    return None


def write_channels(
    root: str, paths: Collection[str], read: Callable[[str], bytes]
) -> Iterator[tuple[str, str, bytes]]:
    """Yield path, title and Markdown of each channel's months, in the time zone that the headings name.

    Raises:
        UnreadableDocument: A file of the export is not what Slack writes.
    """
    workspace = _Workspace.of(_read_list(f"{root}users.json", read))
    lists = [f"{root}{name}.json" for name in ("channels", "groups") if f"{root}{name}.json" in paths]
    channels = {channel.get("name") for path in lists for channel in _read_list(path, read)}
    months: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(paths):
        parts = PurePosixPath(path.removeprefix(root)).parts
        is_channel = len(parts) == 2 and path.startswith(root) and parts[0] in channels
        if is_channel and (day := _DAY.match(parts[1])):  # direct messages are no channel's
            months[parts[0], day.group(1)].append(path)
    for (channel, month), days in sorted(months.items()):
        messages = [message for day in days for message in _read_list(day, read) if _is_said(message)]
        title = f"#{channel} {month}"
        if messages:
            yield f"{channel}/{month}.md", title, _write_month(title, messages, workspace).encode()


def _read_list(path: str, read: Callable[[str], bytes]) -> list[dict[str, Any]]:
    try:
        entries = json.loads(read(path))
    except (ValueError, RecursionError) as error:
        raise _broken(path) from error
    if not isinstance(entries, list):
        raise _broken(path)
    return [entry for entry in entries if isinstance(entry, dict)]


def _broken(path: str) -> UnreadableDocument:
    return UnreadableDocument(
        en=f"{display(path)} in the Slack export is not a JSON list as Slack writes it.",
        zh=f"Slack 导出文件中的 {display(path)} 不是 Slack 格式的 JSON 列表。",
    )


def _is_said(message: Mapping[str, Any]) -> bool:
    """Tell what somebody said from notices of joining, leaving, renaming and the like."""
    has_content = bool(message.get("text") or message.get("files") or message.get("attachments"))
    return message.get("type", "message") == "message" and message.get("subtype") in _SAID and has_content


def _name_user(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") if isinstance(user.get("profile"), dict) else {}
    assert isinstance(profile, dict)
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((str(name) for name in names if name), str(user.get("id")))


def _write_month(title: str, messages: Sequence[Mapping[str, Any]], workspace: _Workspace) -> str:
    threads: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for message in sorted(messages, key=_read_time):
        threads[str(message.get("thread_ts") or message.get("ts"))].append(message)
    blocks, day = [f"# {title}"], ""
    for thread in sorted(threads.values(), key=lambda thread: _read_time(thread[0])):
        today = workspace.read_time(thread[0]).date().isoformat()
        if today != day:
            blocks.append(f"## {today} ({workspace.zone_name})")
            day = today
        blocks.append(_write_thread(thread, workspace))
    return clean("\n\n".join(blocks))


def _write_thread(thread: Sequence[Mapping[str, Any]], workspace: _Workspace) -> str:
    """Write a thread; a reply on a later day says so."""
    start = workspace.read_time(thread[0]).date()
    first, *replies = [_write_message(message, start, workspace) for message in thread]
    return "\n".join([first, *(f"- {reply}" for reply in replies)])


def _write_message(message: Mapping[str, Any], start: date, workspace: _Workspace) -> str:
    names, when = workspace.names, workspace.read_time(message)
    profile = message.get("user_profile")
    author = (
        names.get(str(message.get("user")))
        or (profile.get("real_name") if isinstance(profile, dict) else None)
        or message.get("username")
        or message.get("user")
        or "?"
    )
    text = _write_text(str(message.get("text") or ""), names)
    extras = [*_name_files(message), *_read_attachments(message, names)]
    said = " ".join(filter(None, [text, *extras]))
    return f"{author} ({when:{'%H:%M' if when.date() == start else '%Y-%m-%d %H:%M'}}): {said}"


def _write_text(text: str, names: Mapping[str, str]) -> str:
    def mention(match: re.Match[str]) -> str:
        kind, target, label = match.groups()
        if kind == "@":
            return f"@{names.get(target) or label or target}"
        return f"#{label or target}" if kind == "#" else f"@{label or target.split('^')[0]}"

    text = _MENTION.sub(mention, text)
    text = _LINK.sub(
        lambda link: f"{link[2]} ({link[1]})" if link[2] and link[2] != link[1] else link[1], text
    )
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return "\n  ".join(line.strip() for line in text.splitlines() if line.strip())


def _name_files(message: Mapping[str, Any]) -> list[str]:
    files = message.get("files")
    named = [file.get("title") or file.get("name") for file in files or () if isinstance(file, dict)]
    return [f"[{name}]" for name in named if name]


def _read_attachments(message: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    attachments = message.get("attachments")
    texts = [a.get("text") or a.get("fallback") for a in attachments or () if isinstance(a, dict)]
    return [_write_text(str(text), names) for text in texts if text]


def _read_time(message: Mapping[str, Any]) -> float:
    try:
        return float(str(message.get("ts") or 0))
    except ValueError:
        return 0.0
