"""Arguments as they come from a model, a form or a command line, turned into a tool's typed ones."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tools.errors import InvalidArgument, MetricError, show, suggest
from tools.refusals import describe_refusal


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
    parameter = ".".join(show(part) for part in found["loc"]) or "arguments"
    if found["type"] == "extra_forbidden":
        en, zh = suggest(str(found["loc"][-1]), model.model_fields)
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


def _wrong_value(model: type[BaseModel], parameter: str, found: Any) -> InvalidArgument:
    field = model.model_fields.get(str(found["loc"][0])) if found["loc"] else None
    hint = (field.description or "").strip() if field else ""
    value = show(found["input"])
    en, zh = (show(text) for text in describe_refusal(found))
    return InvalidArgument(
        en=f"{parameter} cannot be {value}: {en}. {hint}".strip(),
        zh=f"参数 {parameter} 不能是 {value}（{zh}）。{hint}".strip(),
        parameter=parameter,
    )
