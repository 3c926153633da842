"""The API's description, OpenAPI 3.1, made from the route list and the handlers' own types."""

import functools
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaValue, models_json_schema

from service.auth import FOR_STAFF, Permission
from service.endpoint import Route
from service.parsing import In
from service.problems import CODES

_REF = "#/components/schemas/{model}"
# The reference to each model's schema; two of the same name get longer ones.
Schemas: TypeAlias = Mapping[type[BaseModel], JsonSchemaValue]
_PLACEHOLDER = re.compile(r"{(\w+)}")


def describe(routes: Sequence[Route], *, base: str, version: str) -> dict[str, Any]:
    """The whole document."""
    models = sorted(
        {model for route in routes for model in _models(route)},
        key=lambda model: (model.__name__, model.__module__),
    )
    references, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REF
    )
    schemas: Schemas = {
        model: schema for (model, _), schema in references.items() if issubclass(model, BaseModel)
    }
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(base + route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": version,
            "description": "Threaded, moderated comments for article pages.",
        },
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": _problem_schema()},
            "securitySchemes": {
                "reader": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "staff": {"type": "apiKey", "in": "cookie", "name": "parley_staff"},
            },
        },
    }


def _models(route: Route) -> list[type[BaseModel]]:
    return [model for model in (route.gives, route.model("body"), route.model("query")) if model is not None]


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "_".join([*route.handler.__module__.split(".")[1:], route.handler.__name__]),
        "summary": route.summary,
        "description": inspect.getdoc(route.handler) or "",
        "parameters": _parameters(route),
        "responses": {
            str(route.status): _success(route, schemas),
            "default": {
                "description": "A problem (RFC 9457)",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    body = route.model("body")
    if body is not None:
        operation["requestBody"] = {"required": True, "content": _json(schemas[body])}
    if route.permission in FOR_STAFF:
        operation["security"] = [{"staff": []}]
    elif route.permission is Permission.READER:
        operation["security"] = [{"reader": []}]
    return operation


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    if route.streams:
        return {
            "description": "Server-sent events",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    if route.sends:
        text = {"schema": {"type": "string"}}
        return {"description": "A file", "content": dict.fromkeys(route.sends, text)}
    if route.gives is None:
        return {"description": "Done"}
    return {"description": route.summary, "content": _json(schemas[route.gives])}


def _json(schema: JsonSchemaValue) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACEHOLDER.findall(route.path)
    ]
    query = route.model("query")
    if query is not None:
        parameters += _query_parameters(query)
    if route.creates:
        schema = {"type": "string", "minLength": 8, "maxLength": 128}
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema})
    if route.changes:
        parameters.append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
        )
    return parameters


def _query_parameters(model: type[In]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(field, schema)}
        for name, field in schema["properties"].items()
    ]


def _inlined(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter's schema without references, which would point into another document."""
    name = field.get("$ref", "").rpartition("/")[2]
    return {**schema["$defs"][name], **{k: v for k, v in field.items() if k != "$ref"}} if name else field


@functools.cache
def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": {"type": "string", "enum": sorted(CODES)},
            "request_id": text,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "pointer": text,
                        "message": text,
                        "code": text,
                        "start": {"type": "integer"},
                        "end": {"type": "integer"},
                    },
                },
            },
        },
    }
