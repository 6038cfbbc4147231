"""What one tool takes, as text: each argument with its kind, allowed values, default and meaning."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import wrap

if TYPE_CHECKING:
    from tools.publication import MetricTool
    from tools.results import Text

_KINDS = {
    "string": ("文字", "text"),
    "integer": ("整数", "whole number"),
    "number": ("数字", "number"),
    "boolean": ("true 或 false", "true or false"),
    "date": ("日期", "day"),
    "array": ("列表", "list"),
    "object": ("键值表", "mapping"),
    "null": ("null", "null"),
}
#: Given by options of their own.
_OPTIONS = {"start": "2026-03-01", "end": "2026-03-31"}
#: Set by the caller of a named metric.
_METRIC = "metric"


def print_tool(session: Session, tool: "MetricTool", name: str, title: "Text") -> None:
    """Print what a tool does and every argument of it.

    Args:
        session: whose language is printed.
        tool: to be told of.
        name, title: as asked for: the tool's, or those of a metric of metrics.yaml, which is measured by it.
    """
    language = session.language
    schema = tool.arguments.model_json_schema()
    fields = {k: f for k, f in schema["properties"].items() if name == tool.name or k != _METRIC}
    required = [k for k in schema.get("required", []) if k in fields]
    click.echo(click.style(f"{name}  {title.in_language(language)}", bold=True))
    click.echo(wrap(tool.summary.in_language(language), indent="  ", hanging="  "))
    given = "".join(f" --{k} {_OPTIONS[k]}" for k in required if k in _OPTIONS)
    given += "".join(f" --arg {k}=…" for k in required if k not in _OPTIONS)
    click.echo(f"  yunce metrics run {name}{given}")
    click.echo(
        session.say(
            zh="参数（--start、--end 之外用 --arg 名称=值；列表与键值表写成 JSON）",
            en="Arguments (but for --start and --end by --arg NAME=VALUE; lists and mappings as JSON)",
        )
    )
    for key in sorted(fields, key=lambda k: k not in required):
        _print_argument(session, key, fields[key], schema, is_required=key in required)


def _print_argument(
    session: Session, key: str, field: Mapping[str, Any], schema: Mapping[str, Any], *, is_required: bool
) -> None:
    from tools.arguments import split_description

    facts = [_write_kind(session, field, schema), *_write_bounds(session, field)]
    default = field.get("default")
    if is_required:
        facts.append(session.say(zh="必填", en="required"))
    elif default not in (None, [], {}, "") and field.get("format") != "date":
        written = default if isinstance(default, str) else json.dumps(default, ensure_ascii=False)
        facts.append(session.say(zh=f"默认 {written}", en=f"default {written}"))
    lead = session.say(zh="，", en=", ").join(facts)
    click.echo(f"  {click.style(key, bold=True)}  {lead}")
    meaning = split_description(field.get("description", "")).in_language(session.language)
    click.echo(wrap(meaning, indent="      ", hanging="      "))


def _write_kind(session: Session, field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say what a value is: one of some words, a number, a list of such, or one of several."""
    if "enum" in field or "const" in field:
        return " | ".join(map(str, field.get("enum") or [field["const"]]))
    if "anyOf" in field:
        kinds = (_write_kind(session, part, schema) for part in field["anyOf"] if part.get("type") != "null")
        return session.say(zh=" 或 ", en=" or ").join(dict.fromkeys(kinds))
    if "$ref" in field:
        model = schema["$defs"][field["$ref"].rpartition("/")[2]]
        return (
            "{" + ", ".join(model.get("properties", ())) + "}"
            if "properties" in model
            else _write_kind(session, model, schema)
        )
    zh, en = _KINDS.get(field.get("format", ""), _KINDS.get(field.get("type", ""), ("值", "value")))
    word = session.say(zh=zh, en=en)
    items = field.get("items")
    return f"{word}{session.say(zh='：', en=' of ')}{_write_kind(session, items, schema)}" if items else word


def _write_bounds(session: Session, field: Mapping[str, Any]) -> Iterator[str]:
    """Say between what a number, or the length of a list, must lie."""
    parts = [field, *field.get("anyOf", ())]

    def bound(key: str) -> float | None:
        return next((part[key] for part in parts if key in part), None)

    for keys, zh, en in ((("minimum", "maximum"), "", ""), (("minItems", "maxItems"), " 项", " items")):
        least, most = map(bound, keys)
        if least is not None and most is not None:
            yield session.say(zh=f"{least} 至 {most}{zh}", en=f"{least} to {most}{en}")
        elif least is not None:
            yield session.say(zh=f"至少 {least}{zh}", en=f"at least {least}{en}")
        elif most is not None:
            yield session.say(zh=f"至多 {most}{zh}", en=f"at most {most}{en}")
    if (above := bound("exclusiveMinimum")) is not None:
        yield session.say(zh=f"大于 {above}", en=f"above {above}")
    if (below := bound("exclusiveMaximum")) is not None:
        yield session.say(zh=f"小于 {below}", en=f"below {below}")
