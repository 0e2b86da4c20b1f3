"""What pydantic found wrong, said as one sentence that names what is allowed."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from registry.parts import PATTERNS
from registry.reading import PathPart, Problem

Error = Mapping[str, Any]


def allowed(names: Sequence[str], said: object = None) -> str:
    """ "allowed are a, b", with the nearest name first when `said` looks like one of them."""
    near = get_close_matches(str(said), names, 1, 0.6) if said is not None else []
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"allowed {'is' if len(names) == 1 else 'are'} {', '.join(names)}{hint}"


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Every error of a validation as a problem with the key path that the file has."""
    found = []
    for one in error.errors(include_url=False):
        path, inner = _place(one["loc"], model)
        say = _SAY.get(one["type"], _as_pydantic)
        text = say({**one, "model": inner})
        if one["type"] in ("union_tag_invalid", "union_tag_not_found"):
            path = (*path, "kind")
        found.append(Problem(path, text))
    return found


def _place(
    loc: tuple[PathPart, ...], model: type[BaseModel]
) -> tuple[tuple[PathPart, ...], type[BaseModel]]:
    """The key path in the file (without union tags), and the model of its last mapping."""
    path: list[PathPart] = []
    hint: Any = model
    for part in loc:
        choices = _models(hint)
        if len(choices) > 1:  # a union: the next part is the tag that chose among its models
            hint = next(c for c in choices if part in _tags(c))
            continue
        path.append(part)
        if choices:
            model = choices[0]
            known = model.model_fields.get(str(part))
            hint = known.annotation if known else None
        else:
            hint = _inside(hint)
    return tuple(path), model


def _models(hint: Any) -> list[type[BaseModel]]:
    """The models that may stand at a place: one, or those of a union."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [m for one in typing.get_args(hint) for m in _models(one)]
    if typing.get_origin(hint) is typing.Annotated:
        return _models(typing.get_args(hint)[0])
    return []


def _inside(hint: Any) -> Any:
    """The type of the values of a dict or list."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Annotated:
        return _inside(arguments[0])
    return arguments[-1] if arguments else None


def _tags(model: type[BaseModel]) -> tuple[str, ...]:
    return typing.get_args(model.model_fields["kind"].annotation)


def _unknown(error: Error) -> str:
    return f"this key is not known; {allowed(list(error['model'].model_fields), error['loc'][-1])}"


def _missing(error: Error) -> str:
    choices = typing.get_args(error["model"].model_fields[error["loc"][-1]].annotation)
    if choices and all(isinstance(one, str) for one in choices):
        return f"this key is missing; {allowed(choices)}"
    return "this key is missing"


def _literal(error: Error) -> str:
    choices = re.findall("'([^']*)'", error["ctx"]["expected"])
    if isinstance(error["input"], int):
        return f"{error['input']} is read as a number: write it in quotes; {allowed(choices)}"
    return f"{error['input']} is not allowed; {allowed(choices, error['input'])}"


def _tag(error: Error) -> str:
    choices = re.findall("'([^']*)'", error["ctx"]["expected_tags"])
    return f"{error['ctx']['tag']} is not allowed; {allowed(choices, error['ctx']['tag'])}"


def _pattern(error: Error) -> str:
    pattern = error["ctx"]["pattern"]
    return f"{error['input']} is not {PATTERNS.get(pattern, f'of the form {pattern}')}"


def _string(error: Error) -> str:
    if isinstance(error["input"], int):
        return f'{error["input"]} is read as a number: write it in quotes, "{error["input"]}"'
    return "text is meant here, neither a list nor keys"


def _as_pydantic(error: Error) -> str:
    return f"{error['msg'][0].lower()}{error['msg'][1:]}"


def _fixed(text: str) -> Callable[[Error], str]:
    return lambda _: text


_SAY: Mapping[str, Callable[[Error], str]] = types.MappingProxyType(
    {
        "extra_forbidden": _unknown,
        "missing": _missing,
        "literal_error": _literal,
        "union_tag_invalid": _tag,
        "union_tag_not_found": _fixed("this key is missing"),
        "string_pattern_mismatch": _pattern,
        "string_type": _string,
        "string_too_short": _fixed("the text is empty: write it or leave the key out"),
        "too_short": _fixed("at least one entry is needed here"),
        "int_type": _fixed("a whole number is meant here, without quotes"),
        "list_type": _fixed("a list is meant here, like [a, b]"),
        "dict_type": _fixed("keys and values are meant here"),
        "model_type": _fixed("keys and values are meant here"),
        "model_attributes_type": _fixed("keys and values are meant here"),
    }
)
