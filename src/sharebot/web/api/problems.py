"""What went wrong, as RFC 9457 has it: for programs, in English."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from sharebot.errors import SharebotError

MEDIA_TYPE = "application/problem+json"
_MOST_FAULTS = 20
_EXPLAINED = {
    401: "There is no token, or it is unknown, revoked or over, or whoever made it is not staff any more.",
    403: "The token's scopes, or its maker's present role or region, do not allow this.",
    404: "There is no such thing, or it belongs to another region.",
    409: "Its present state does not allow this, or the idempotency key was used for another request.",
    413: "The body is longer than 1 MB.",
    415: "The body is not application/json.",
    422: "A value is missing or not a possible one; `errors` says which.",
    429: "Too many requests with this token; `Retry-After` says in how many seconds to go on.",
}


class Fault(BaseModel):
    """One value that is not possible: where it stands in the body (a JSON pointer), or which parameter it is."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(BaseModel):
    """A problem document."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None


@dataclass
class ApiError(SharebotError):
    """An answer other than the wished one."""

    status: int
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(error: ApiError) -> Response:
    """Return the answer that says what went wrong."""
    title = HTTPStatus(error.status).phrase
    faults = list(error.faults)[:_MOST_FAULTS] or None
    problem = Problem(title=title, status=error.status, detail=error.detail, errors=faults)
    body = json.dumps(problem.model_dump(exclude_none=True))
    return Response(body, error.status, headers=dict(error.headers), media_type=MEDIA_TYPE)


def faults_of(errors: Sequence[Any]) -> list[Fault]:
    """Turn what the validation found into faults."""
    return [_fault_of(error["loc"], str(error["msg"])) for error in errors]


def _fault_of(place: Sequence[str | int], message: str) -> Fault:
    where, *path = place
    if where == "body":
        return Fault(detail=message, pointer="".join(f"/{_escaped(str(step))}" for step in path) or "/")
    return Fault(detail=message, parameter=".".join(str(step) for step in path) or str(where))


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the description says of these answers, each with an example."""
    return {status: _document(status) for status in statuses}


def _document(status: int) -> dict[str, Any]:
    example: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    example["detail"] = _EXPLAINED[status]
    if status == 422:
        example["errors"] = [{"detail": "Field required", "pointer": "/content_id"}]
    schema = {"$ref": "#/components/schemas/Problem"}
    said: dict[str, Any] = {
        "description": _EXPLAINED[status],
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
    if status == 401:
        said["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == 429:
        said["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return said
