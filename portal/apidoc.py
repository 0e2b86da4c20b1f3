"""The API's description as rows for a page of our own, out of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """One parameter, field of a body, or field of an answer."""

    name: str
    where: str  # path | query | header | body | answer
    type: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """One call."""

    method: str
    path: str
    summary: str
    fields: tuple[Field, ...]
    answers: tuple[Field, ...]
    statuses: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """A name for a link to it."""
        return f"{self.method}{self.path}".replace("/", "-").replace("{", "").replace("}", "")


def describe(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Operations by their tag, in the document's order."""
    groups: dict[str, list[Operation]] = {}
    for path, calls in document["paths"].items():
        for method in METHODS:
            if method in calls:
                call = calls[method]
                tag = (call.get("tags") or [""])[0]
                groups.setdefault(tag, []).append(_operation(document, method, path, call))
    return groups


def _operation(
    document: Mapping[str, Any], method: str, path: str, call: Mapping[str, Any]
) -> Operation:
    parameters = tuple(
        Field(p["name"], p["in"], type_words(document, p["schema"]), p.get("required", False))
        for p in call.get("parameters", ())
    )
    body = _schema(call.get("requestBody", {}))
    good = _schema(call["responses"].get("200", {}))
    statuses = tuple((s, a.get("description", "")) for s, a in call["responses"].items())
    return Operation(
        method.upper(),
        path,
        call.get("summary", ""),
        parameters + _fields(document, body, "body"),
        _fields(document, good, "answer"),
        statuses,
    )


def _schema(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    kinds: list[Mapping[str, Any]] = list(holder.get("content", {}).values())
    found: Mapping[str, Any] = kinds[0].get("schema", {}) if kinds else {}
    return found


def _resolve(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], where: str
) -> tuple[Field, ...]:
    solid = _resolve(document, schema)
    if solid.get("type") == "array":
        solid = _resolve(document, solid["items"])
    required = solid.get("required", ())
    return tuple(
        Field(name, where, type_words(document, of), name in required)
        for name, of in solid.get("properties", {}).items()
    )


def type_words(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The type of a field in a word or two, for example `string | null` or `list of PlanLine`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(type_words(document, one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {type_words(document, schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
