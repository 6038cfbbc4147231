"""Arguments as they come from a model, a form or a command line, turned into a tool's typed ones."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from tools.errors import InvalidArgument, MetricError, show, suggest
from tools.refusals import describe_refusal
from tools.results import Text

#: What pydantic calls the place of a mapping's key.
_KEY = "[key]"
_LONGEST_REFUSAL = 300
_CHINESE = re.compile("[\u4e00-\u9fff]")


def parse_arguments(name: str, model: type[BaseModel], arguments: Mapping[str, Any]) -> Any:
    """Validate the arguments of the tool `name`.

    Raises:
        InvalidArgument: naming the parameter, the value and what would be right.
    """
    try:
        return model.model_validate(dict(arguments))
    except ValidationError as error:
        raise _explain(name, model, error) from None


def _explain(name: str, model: type[BaseModel], error: ValidationError) -> MetricError:
    found = sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")[0]
    parameter = ".".join(show(part) for part in found["loc"] if part != _KEY) or "arguments"
    if found["type"] == "extra_forbidden":
        en, zh = suggest(str(found["loc"][-1]), _fields_at(model, found["loc"][:-1]))
        return InvalidArgument(
            en=f"{name} has no argument {parameter}.{en}",
            zh=f"{name} 没有参数 {parameter}。{zh}",
            parameter=parameter,
        )
    if found["type"] == "missing":
        return InvalidArgument(
            en=f"{parameter} is missing.", zh=f"缺少参数 {parameter}。", parameter=parameter
        )
    return _wrong_value(model, parameter, found)


def _fields_at(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Name the fields of the model at a place within the arguments, of the outermost where there is none."""
    for part in place:
        field = model.model_fields.get(str(part))
        model = next(_models_in(field.annotation), model) if field else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _wrong_value(model: type[BaseModel], parameter: str, found: Any) -> InvalidArgument:
    field = model.model_fields.get(str(found["loc"][0])) if found["loc"] else None
    hint = split_description(field.description or "") if field else Text("", "")
    shown = show(found["input"])
    value = shown if shown.strip() == shown != "" else f'"{shown}"'
    en, zh = (show(text, most=_LONGEST_REFUSAL) for text in describe_refusal(found))
    return InvalidArgument(
        en=f"{parameter} cannot be {value}: {en}. {hint.en}".strip(),
        zh=f"参数 {parameter} 不能是 {value}（{zh}）。{hint.zh}".strip(),
        parameter=parameter,
    )


def split_description(description: str) -> Text:
    """Part the description of an argument, which is English and then Chinese.

    >>> split_description("Longest time: 30m, 7d. null 表示不限。")
    Text(zh='null 表示不限。', en='Longest time: 30m, 7d.')
    """
    first = _CHINESE.search(description)
    if first is None:
        return Text(description, description)
    en, stop, _ = description[: first.start()].rpartition(". ")
    return Text(description[len(en + stop) :], en + stop.rstrip())
