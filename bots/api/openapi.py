"""The OpenAPI document: what the framework writes, with the errors and the keys as they really are."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bots.api.problems import MEDIA_TYPE, Problem

_REFERENCE = "#/components/schemas/{model}"


def describe_api(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the app, built once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        _add_problems(document)
        _add_keys(document)
        app.openapi_schema = document
    return app.openapi_schema


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=_REFERENCE)
    schemas |= {**problem.pop("$defs", {}), "Problem": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    reference = {"schema": {"$ref": _REFERENCE.format(model="Problem")}}
    refusal = {"description": "A problem document (RFC 9457).", "content": {MEDIA_TYPE: reference}}
    for operation in _operations(document):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = refusal


def _add_keys(document: dict[str, Any]) -> None:
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key made with `yunce keys create`."}
    }
    # {} : without keys, the owner at this machine needs none.
    document["security"] = [{"key": []}, {}]


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]
