"""Where requests become types. Below this edge nothing is checked again."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, get_origin

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from service.problems import Problem, invalid

Model = TypeVar("Model", bound=BaseModel)

MAX_BODY_BYTES = 64 * 1024
_MAX_ID = 2**63 - 1
_MAX_DEPTH = 32
KEY = re.compile(r"^[\x21-\x7e]{8,128}$")


class In(BaseModel):
    """What an untrusted client sends: exactly the named fields, of exactly these kinds, and no U+0000, which the database
    cannot store; unless the fields are cleaned of it later (`cleans_nul`), because the call must not be refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)
    cleans_nul: ClassVar[bool] = False


class Out(BaseModel):
    """What a client is sent; it describes an answer in the API's document."""

    model_config = ConfigDict(frozen=True)


async def parse_body(request: web.Request, model: type[Model], *, beacons: bool = False) -> Model:
    """Read the JSON body into `model`; a beacon's is JSON that calls itself text.

    Raises Problem `unsupported_media_type`, `too_large`, `malformed` (not JSON, nested too deeply, not an object) or
    `invalid`.
    """
    if request.content_type != "application/json" and not (beacons and request.content_type == "text/plain"):
        raise Problem("unsupported_media_type", "Send Content-Type: application/json.")
    raw = await request.read()
    return parse_json(raw, model)


async def read_form(request: web.Request) -> Mapping[str, str]:
    """The fields of a plain HTML form, the first of each name. Raises Problem `unsupported_media_type`."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Problem("unsupported_media_type", "Send the form as browsers do by default.")
    fields = await request.post()
    return {name: str(fields[name]) for name in fields}


def parse_json(raw: bytes, model: type[Model]) -> Model:
    """As `parse_body`, for bytes at hand."""
    if _nesting(raw) > _MAX_DEPTH:
        raise Problem("malformed", f"The JSON is nested more than {_MAX_DEPTH} levels deep.")
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Problem("malformed", "The body is not valid JSON in UTF-8.") from None
    if not isinstance(data, dict):
        raise Problem("malformed", "The body must be a JSON object.")
    return validate(model, data)


def _nesting(raw: bytes) -> int:
    """At least the depth of the document: brackets in strings count too, so ask only for a generous bound."""
    if raw.count(b"[") + raw.count(b"{") <= _MAX_DEPTH:
        return 0
    depth = deepest = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def parse_query(request: web.Request, model: type[Model]) -> Model:
    """Read the query string into `model`, where a list is a name that is given again; raises Problem `invalid`."""
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
    query = request.query
    return validate(model, {name: query.getall(name) if name in lists else query[name] for name in query})


def validate(model: type[Model], data: Mapping[str, Any]) -> Model:
    """Check `data` against `model`; raises Problem `invalid` that names every field."""
    if not getattr(model, "cleans_nul", False):
        _refuse_nul(data)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid(
            [
                {
                    "pointer": "/" + "/".join(str(part) for part in item["loc"]),
                    "message": item["msg"],
                    "code": item["type"],
                }
                for item in error.errors(include_url=False, include_input=False)
            ]
        ) from None


def _refuse_nul(data: Mapping[str, Any]) -> None:
    found = [name for name, value in data.items() if _has_nul(value) or "\x00" in name]
    if found:
        message = "U+0000 cannot be stored."
        raise invalid([{"pointer": f"/{name}", "message": message, "code": "characters"} for name in found])


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(map(_has_nul, value)) or any(map(_has_nul, value.values()))
    return isinstance(value, list) and any(map(_has_nul, value))


def parse_id(text: str, what: str = "comment") -> int:
    """An opaque id from a path or a body; raises Problem `not_found` if it cannot be one of ours."""
    if text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= _MAX_ID:
        return int(text)
    raise Problem("not_found", f"There is no such {what}.")


def idempotency_key(request: web.Request) -> str | None:
    """The Idempotency-Key header, if sent; raises Problem `malformed` for one that is not 8 to 128 printable characters."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.match(key):
        raise Problem("malformed", "Idempotency-Key must be 8 to 128 printable ASCII characters.")
    return key


def if_match(request: web.Request) -> int:
    """The revision that If-Match names; raises Problem `precondition_required` or `precondition_failed`."""
    header = request.headers.get("If-Match")
    if header is None:
        raise Problem("precondition_required", 'Send If-Match: "{revision}" of the text that you edited.')
    tag = header.removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdigit() and len(tag) < 10):
        raise Problem("precondition_failed", "If-Match does not name a revision.")
    return int(tag)
