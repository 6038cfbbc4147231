"""What pydantic and the framework refuse, said as people say it: the field, the value and what would be right."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.api.language import settle_by_body
from bots.api.problems import RequestError, problem_response
from tools.errors import show

#: What would be right, by pydantic's error type.
_EXPECTED = {
    "string_type": ("text", "文字"),
    "string_unicode": ("text without halves of surrogate pairs", "不含孤立代理字符的文字"),
    "string_too_short": ("text of at least {min_length} characters", "至少 {min_length} 个字符的文字"),
    "string_too_long": ("text of at most {max_length} characters", "至多 {max_length} 个字符的文字"),
    "too_short": ("a list of at least {min_length} items", "至少 {min_length} 项的列表"),
    "too_long": ("a list of at most {max_length} items", "至多 {max_length} 项的列表"),
    "int_type": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_parsing_size": ("a whole number of ordinary size", "大小合理的整数"),
    "int_from_float": ("a whole number", "整数"),
    "float_type": ("a number", "数字"),
    "float_parsing": ("a number", "数字"),
    "finite_number": ("a finite number", "有限的数字"),
    "bool_type": ("true or false", "true 或 false"),
    "bool_parsing": ("true or false", "true 或 false"),
    "date_type": ("a date such as 2026-03-01", "日期，例如 2026-03-01"),
    "date_parsing": ("a date such as 2026-03-01", "日期，例如 2026-03-01"),
    "date_from_datetime_parsing": ("a date such as 2026-03-01", "日期，例如 2026-03-01"),
    "date_from_datetime_inexact": ("a date such as 2026-03-01", "日期，例如 2026-03-01"),
    "list_type": ("a list", "列表"),
    "tuple_type": ("a list", "列表"),
    "dict_type": ("an object", "对象"),
    "model_attributes_type": ("an object", "对象"),
    "literal_error": ("one of {expected}", "以下之一：{expected}"),
    "enum": ("one of {expected}", "以下之一：{expected}"),
    "greater_than": ("greater than {gt}", "大于 {gt}"),
    "greater_than_equal": ("at least {ge}", "不小于 {ge}"),
    "less_than": ("less than {lt}", "小于 {lt}"),
    "less_than_equal": ("at most {le}", "不大于 {le}"),
}


async def refuse_invalid(request: Request, error: RequestValidationError) -> Response:
    """Answer a request whose parameters cannot be used."""
    settle_by_body(request, error.body)
    known = _known_fields(request)
    form = _takes_form(request)
    sentences = [_sentence(item, known, form=form) for item in error.errors()[:20]]
    parameter, en, zh = sentences[0]
    refused = RequestError(
        422, "invalid_request", en=en, zh=zh, parameter=parameter or None, errors=sentences
    )
    return problem_response(request, refused)


async def refuse_unknown(request: Request, error: HTTPException) -> Response:
    """Answer a request for an unknown address or with a wrong method, and whatever else the framework refuses."""
    if isinstance(error, RequestError):
        return problem_response(request, error)
    address = show(request.url.path)
    code, en, zh = {
        404: (
            "route_not_found",
            f"There is nothing at {address}; /docs lists what there is.",
            f"没有 {address} 这个地址；可用的地址见 /docs。",
        ),
        405: (
            "method_not_allowed",
            f"{address} does not take {show(request.method)}; /docs lists what it takes.",
            f"{address} 不支持 {show(request.method)} 方法；可用的方法见 /docs。",
        ),
        400: (
            "invalid_body",
            "The body cannot be read in the form that its Content-Type says.",
            "请求体与其 Content-Type 不符，无法读取。",
        ),
    }.get(error.status_code, ("request_refused", "The request was refused.", "请求被拒绝。"))
    refused = RequestError(error.status_code, code, en=en, zh=zh, headers=error.headers)
    return problem_response(request, refused)


def read_changes(body: BaseModel, *, nullable: Collection[str]) -> dict[str, Any]:
    """Return what a body changes, by field.

    Args:
        body: The body of a PATCH; its fields are what may be changed.
        nullable: Fields of which null says something.

    Raises:
        RequestError: It changes nothing, or a field is null that cannot be.
    """
    given = body.model_dump(exclude_unset=True)
    known = list(type(body).model_fields)
    if not given:
        raise RequestError(
            422,
            "invalid_request",
            en=f"The body changes nothing; give one or more of {', '.join(known)}.",
            zh=f"请求体没有给出任何改动；请至少给出以下之一：{'、'.join(known)}。",
        )
    for name, value in given.items():
        if value is None and name not in nullable:
            raise RequestError(
                422,
                "invalid_request",
                en=f"{name} is null; give a value, or leave it out.",
                zh=f"{name} 的值为 null；请给出值，或不要写这一项。",
                parameter=name,
            )
    return given


def _sentence(error: Mapping[str, Any], known: Iterable[str], *, form: bool) -> tuple[str, str, str]:
    """Return the parameter and the sentence in English and Chinese."""
    parameter = show(".".join(str(part) for part in error["loc"][1:]))
    kind = error["type"]
    if not parameter:
        en = "The request needs a JSON object as its body, with Content-Type: application/json."
        return parameter, en, "请求体应为 JSON 对象，并带有 Content-Type: application/json。"
    if kind == "missing" and form:
        en = f"{parameter} is missing. Send a form, Content-Type: multipart/form-data: curl -F {parameter}=…"
        return (
            parameter,
            en,
            f"缺少 {parameter}。请以表单发送，Content-Type: multipart/form-data：curl -F {parameter}=…",
        )
    if kind == "missing":
        return parameter, f"{parameter} is missing.", f"缺少参数 {parameter}。"
    if kind == "extra_forbidden":
        return _unknown_field(parameter, known)
    value = f'"{show(error["input"])}"'
    expected = _EXPECTED.get(kind, ("something else: {msg}", "其他内容：{msg}"))
    filled = {"msg": error["msg"], **(error.get("ctx") or {})}
    en, zh = (text.format(**filled) for text in expected)
    zh = zh.replace("'", "").replace(" or ", "、").replace(", ", "、")
    zh = f" {zh}" if zh[:1].isascii() else zh
    return (
        parameter,
        f"{parameter} is {value}; it must be {en}.",
        f"{parameter} 的值为 {value}，应为{zh}。",
    )


def _unknown_field(parameter: str, known: Iterable[str]) -> tuple[str, str, str]:
    names = sorted(known)
    near = difflib.get_close_matches(parameter, names, n=1)
    en = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(names)}."
    zh = f"是否想写 {near[0]}？" if near else f"可用的有 {'、'.join(names)}。"
    if not names:
        en = zh = ""
    return parameter, f"There is no parameter {parameter}. {en}".strip(), f"没有参数 {parameter}。{zh}"


def _takes_form(request: Request) -> bool:
    """Tell whether the matched route takes a form rather than JSON."""
    body = getattr(request.scope.get("route"), "body_field", None)
    media_type = getattr(getattr(body, "field_info", None), "media_type", "")
    return str(media_type).startswith("multipart/")


def _known_fields(request: Request) -> set[str]:
    """Return the names that the matched route takes, for a hint."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    parameters = [*dependant.body_params, *dependant.query_params] if dependant else []
    names: set[str] = set()
    for parameter in parameters:
        fields = getattr(parameter.field_info.annotation, "model_fields", None)
        names |= set(fields) if fields else {parameter.alias}
    return names
