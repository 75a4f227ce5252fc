"""Check requests and answers against X's own published specification, when it is beside the repository."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SPEC = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "x-api-openapi.json"
needs_spec = pytest.mark.skipif(not SPEC.is_file(), reason="x-api-openapi.json is not beside the repository")


@cache
def spec() -> dict[str, Any]:
    return dict(json.loads(SPEC.read_text(encoding="utf-8")))


def faults_of(path: str, query: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with a GET request: its path, a parameter's name, a value, a range, or what is missing."""
    operation, inside = _operation(path)
    if operation is None:
        yield f"no such path: {path}"
        return
    known = {one["name"]: one for one in map(_resolve, operation["parameters"])}
    for name, parameter in known.items():
        if parameter.get("required") and name not in {**query, **inside}:
            yield f"{name} is missing"
    for name, value in {**query, **inside}.items():
        if name not in known:
            yield f"{path} has no parameter {name}"
        else:
            yield from _faults_of_value(name, value, _resolve(known[name]["schema"]))
    for pair in ({"start_time", "since_id"}, {"next_token", "pagination_token"}):
        if pair <= set(query):
            yield f"at most one of {sorted(pair)}"


def faults_of_answer(path: str, answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with an answer to a GET request."""
    operation, _ = _operation(path)
    assert operation is not None
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    yield from _faults_of_json("answer", answer, schema)


def _operation(path: str) -> tuple[dict[str, Any] | None, dict[str, str]]:
    exact = spec()["paths"].get(path)
    if exact and "get" in exact:
        return exact["get"], {}
    for shape, operations in spec()["paths"].items():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(shape))
        if "get" in operations and (found := re.fullmatch(pattern, path)):
            return operations["get"], found.groupdict()
    return None, {}


def _resolve(node: Mapping[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = spec()
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        node = found
    return dict(node)


def _faults_of_value(name: str, value: str, schema: Mapping[str, Any]) -> Iterator[str]:
    match schema["type"]:
        case "array":
            values = value.split(",")
            if not schema.get("minItems", 0) <= len(values) <= schema.get("maxItems", 10**9):
                yield f"{name} has {len(values)} values"
            if schema.get("uniqueItems") and len(set(values)) < len(values):
                yield f"{name} has the same value twice"
            for one in values:
                yield from _faults_of_value(name, one, _resolve(schema["items"]))
        case "integer":
            number = int(value) if re.fullmatch(r"-?\d+", value) else None
            if number is None or not schema.get("minimum", number) <= number <= schema.get("maximum", number):
                yield f"{name}={value} is out of range"
        case "string":
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9):
                yield f"{name} has {len(value)} characters"
            if "enum" in schema and value not in schema["enum"]:
                yield f"{name} may not be {value}"
            if "pattern" in schema and not re.search(schema["pattern"], value):
                yield f"{name}={value} has another shape"
            if schema.get("format") == "date-time" and not re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value
            ):
                yield f"{name}={value} is no time"


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
}


def _faults_of_json(where: str, value: Any, node: Mapping[str, Any]) -> Iterator[str]:
    schema = _resolve(node)
    if "oneOf" in schema:
        tried = [list(_faults_of_json(where, value, one)) for one in schema["oneOf"]]
        if all(tried):
            yield min(tried, key=len)[0]
        return
    if value is None and schema.get("nullable"):
        return
    if not isinstance(value, _TYPES[schema.get("type", "object")]):
        yield f"{where} is no {schema.get('type')}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} may not be {value!r}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from (f"{where} lacks {one}" for one in schema.get("required", ()) if one not in value)
        for name, inner in value.items():
            if name not in properties and properties:
                yield f"{where} has no {name}"
            elif properties:
                yield from _faults_of_json(f"{where}.{name}", inner, properties[name])
    elif isinstance(value, list) and "items" in schema:
        for number, inner in enumerate(value):
            yield from _faults_of_json(f"{where}[{number}]", inner, schema["items"])
