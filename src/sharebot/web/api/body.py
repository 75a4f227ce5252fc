"""Read the JSON of a request, and refuse what two readers might take for two things."""

import json
import re
from typing import Any, NoReturn

from starlette.requests import Request

from sharebot.web.api.problems import ApiError, Fault

_DEEPEST = 20
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.S)


class StrictRequest(Request):
    """A request whose body was read by us."""

    document: Any = None

    async def json(self) -> Any:
        """Return the body as `read_document` read it."""
        return self.document


def check_media_type(request: Request) -> None:
    """Raise 415 for a body that is not said to be JSON."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != "application/json":
        raise ApiError(415, "send application/json")


def read_document(body: bytes) -> Any:
    """Parse a body. Raises 422 when it is no JSON, too deep, or has NaN, a key twice or half a surrogate pair."""
    if _depth(body) > _DEEPEST:
        _refuse(f"more than {_DEEPEST} levels deep")
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("half a surrogate pair")
    except (ValueError, RecursionError) as error:
        _refuse(f"not JSON: {type(error).__name__}")
    return document


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for token in _TOKEN.finditer(body):
        sign = token[0][:1]
        depth += 1 if sign in b"[{" else -1 if sign in b"]}" else 0
        deepest = max(deepest, depth)
    return deepest


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("a key stands twice in one object")
    return found


def _refuse_constant(word: str) -> NoReturn:
    _refuse(f"{word} is no number of JSON")


def _refuse(why: str) -> NoReturn:
    raise ApiError(422, "The body cannot be read.", [Fault(detail=why, pointer="/")])
