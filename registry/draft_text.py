"""A draft as the text of a system's YAML, in the form of the contracts that people wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from registry.draft import DraftStream

#: Lines that a contract may have.
MOST_LINES: Final = 150
_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff/][A-Za-z0-9_\u4e00-\u9fff/.\-]*")
_READ_OTHERWISE = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_FLOW = ("deletes", "acknowledge", "auth", "paging", "shape", "authorisation")
_WIDTH = 110


def system_text(
    code: str, schedule: str, transport: Mapping[str, Any], streams: Sequence[DraftStream]
) -> tuple[str, list[str]]:
    """The file's text, and the names of streams that had no room in it."""
    lines = [
        "# A draft: the strict check says what a person must still fill in.",
        f"code: {code}",
        f"schedule: {_text(schedule)}",
        "transport:",
        *_mapping(transport, 2),
        "streams:",
    ]
    left_out = []
    for stream in streams:
        written = [f"  {stream.name}:", *_mapping(stream.data, 4)]
        if len(lines) + len(written) > MOST_LINES:
            left_out.append(stream.name)
        else:
            lines += written
    return "\n".join(lines) + "\n", left_out


def whole_text(said: Mapping[str, Any]) -> str:
    """A sketch as the text of a contract, however much of it is still missing."""
    return "\n".join(_mapping(said, 0)) + "\n"


def _mapping(data: Mapping[str, Any], indent: int) -> list[str]:
    space, lines = " " * indent, []
    for key, value in data.items():
        name = _text(key)
        if isinstance(value, dict) and key not in _FLOW:
            flow = f"{space}{name}: {_flow(value)}"
            if "column" in value and len(flow) <= _WIDTH:
                lines.append(flow)
            else:
                lines += [f"{space}{name}:", *_block(value, indent + 2)]
        else:
            lines.append(f"{space}{name}: {_flow(value)}")
    return lines


def _block(value: Mapping[str, Any], indent: int) -> list[str]:
    if "column" in value:  # a category: its values stay on one line, however long
        return [f"{' ' * indent}{key}: {_flow(inner)}" for key, inner in value.items()]
    return _mapping(value, indent)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        inside = (f"{_text(key)}: {_flow(inner)}" for key, inner in value.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """Plain where YAML reads it as the same text, else in quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _READ_OTHERWISE:
        return text
    return json.dumps(text, ensure_ascii=False)
