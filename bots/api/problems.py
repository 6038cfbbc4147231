"""Errors of the HTTP door as RFC 9457 problem documents: one shape, a stable code, the asker's language."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from assistant.errors import EXPECTED_ERRORS, YunceError
from assistant.language import Language
from bots.api.language import request_language
from knowledge.errors import quote_chinese

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)

#: Status of each expected error's code; codes that are not listed are the caller's to mend: 422.
_STATUSES = {
    "access_denied": 403,
    "document_not_found": 404,
    "chunk_not_found": 404,
    "original_not_found": 404,
    "pin_not_found": 404,
    "pin_exists": 409,
    "question_not_found": 404,
    "folder_not_found": 404,
    "plan_not_found": 404,
    "answer_not_found": 404,
    "answer_withheld": 403,
    "conversation_not_found": 404,
    "unknown_tool": 404,
    "document_too_large": 413,
    "unsupported_format": 415,
    "embedding_failed": 503,
    "embedder_changed": 503,
    "index_damaged": 503,
    "storage_full": 507,
    "catalogue_unavailable": 503,
    "invalid_settings": 503,
    "invalid_semantics": 503,
    "source_unavailable": 503,
    "missing_column": 503,
    "query_timeout": 504,
}
_TITLES: dict[int, tuple[str, str]] = {
    400: ("Bad request", "请求有误"),
    401: ("Not authenticated", "未通过认证"),
    403: ("Not allowed", "无权操作"),
    404: ("Not found", "未找到"),
    405: ("Method not allowed", "不支持的方法"),
    409: ("Exists already", "已存在"),
    413: ("Too large", "内容过大"),
    415: ("Unsupported format", "格式不受支持"),
    422: ("Cannot be carried out", "请求无法处理"),
    500: ("Internal error", "内部错误"),
    503: ("Unavailable", "暂不可用"),
    504: ("Timed out", "超时"),
    507: ("No room", "空间不足"),
}


class FieldProblem(BaseModel):
    """One field that cannot be used."""

    parameter: str
    detail: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="urn:yunce:problem: and the code.")
    title: str = Field(description="What kind of thing went wrong.")
    status: int
    detail: str = Field(description="One sentence: what is wrong and what would be right.")
    code: str = Field(description="Stable name of the error, for programs.")
    parameter: str | None = Field(None, description="The field at fault, where there is one.")
    errors: list[FieldProblem] | None = Field(
        None, description="All fields at fault, where there are several."
    )
    error_id: str | None = Field(None, description="Under this id the server's log says more.")


class RequestError(HTTPException):
    """A request that this door itself refuses, with its sentence in both languages."""

    def __init__(
        self,
        status_code: int,
        code: str,
        *,
        en: str,
        zh: str,
        parameter: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: list[tuple[str, str, str]] | None = None,
    ) -> None:
        """Keep the sentences; `errors` are (parameter, en, zh) of each field at fault."""
        super().__init__(status_code, en, dict(headers or {}))
        self.code = code
        self.en = en
        self.zh = quote_chinese(zh)
        self.parameter = parameter
        self.errors = errors

    def in_language(self, language: str) -> str:
        """Return the sentence in Chinese for `zh`, else in English."""
        return self.zh if language == "zh" else self.en


def status_of(error: YunceError) -> int:
    """Return the HTTP status of an expected error."""
    return _STATUSES.get(error.code, 422)


def describe(error: Exception, language: Language) -> Problem:
    """Describe any error to the asker; one that was not expected is logged, and only its id is told."""
    if isinstance(error, RequestError):
        fields = [
            FieldProblem(parameter=p, detail=zh if language == "zh" else en)
            for p, en, zh in error.errors or ()
        ]
        return _problem(error, error.status_code, language, errors=fields if len(fields) > 1 else None)
    if isinstance(error, EXPECTED_ERRORS):
        return _problem(error, status_of(error), language)
    error_id = f"e_{uuid4().hex[:12]}"
    _LOG.error("error %s", error_id, exc_info=error)
    unexpected = RequestError(
        500,
        "internal_error",
        en=f"Something went wrong here. The log has the details under {error_id}.",
        zh=f"服务内部出错，详情见日志，编号 {error_id}。",
    )
    return _problem(unexpected, 500, language, error_id=error_id)


def _problem(error: RequestError | YunceError, status: int, language: Language, **more: Any) -> Problem:
    return Problem(
        type=f"urn:yunce:problem:{error.code}",
        title=_TITLES.get(status, ("Error", "出错"))[language == "zh"],
        status=status,
        detail=error.in_language(language),
        code=error.code,
        parameter=error.parameter,
        **more,
    )


def problem_response(request: Request, error: Exception) -> JSONResponse:
    """Answer a request with the description of an error."""
    language = request_language(request)
    problem = describe(error, language)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    headers["Content-Language"] = language
    return JSONResponse(
        problem.model_dump(exclude_none=True), problem.status, headers=headers, media_type=MEDIA_TYPE
    )
