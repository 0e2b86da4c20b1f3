"""What a person must fill in or confirm in a stream's draft, in the order of its YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from registry.fields import FIELDS, required
from registry.understood import OPEN, Understood

#: Less sure proposals are named to the person who confirms.
SURE: Final = 0.8


def asks_of(name: str, one: Understood, data: Mapping[str, Any]) -> list[str]:
    """What a person must do about one stream, in the order of its YAML."""
    kind, at = data["kind"], f"streams.{name}"
    found = [f"{at}: fill in catalogue, share, basis, authorisation and complete_since"]
    if "longest_age" not in data:
        found.append(f"{at}: fill in longest_age, how old a copy may be, like 26h")
    always = data.get("always", {})
    missing = [field for field in required(kind) if field not in {*data["fields"], *always}]
    if missing:
        said = [field for field in missing if FIELDS[kind][field].needs_values]
        more = f", or say under always what {', '.join(said)} is in every row" if said else ""
        found.append(f"{at}.fields: no column was found for {', '.join(missing)}; name them{more}")
    for field, means in always.items():
        found.append(f"{at}.always: confirm that {field} is {means} in every row")
    for field_name, said in data["fields"].items():
        found += _of_values(f"{at}.fields.{field_name}", FIELDS[kind][field_name].values, said)
    found += _of_reading(at, one, data)
    unsure = [
        f"{p.column} as {p.field} ({p.confidence:.2f})"
        for p in one.made.columns
        if p.field and p.confidence < SURE
    ]
    if unsure:
        found.append(f"{at}.fields: confirm {', '.join(unsure)}")
    rest = [column for column in data["ignore"] if column not in data["key"]]
    if rest:
        found.append(f"{at}.ignore: {', '.join(rest)} would not be kept; move what is needed")
    return found


def _of_values(at: str, allowed: Sequence[str], said: Any) -> list[str]:
    if not isinstance(said, dict):
        return []
    if "values" not in said:
        return [f"{at}: its values were not seen; write each with its meaning"]
    unknown = [value for value, meaning in said["values"].items() if meaning == OPEN]
    if not unknown:
        return []
    choices = ", ".join(allowed) or "names of registry/licence_types.yml"
    return [f"{at}: say what {', '.join(unknown)} of {said['column']} means ({choices})"]


def _of_reading(at: str, one: Understood, data: Mapping[str, Any]) -> list[str]:
    count = len(one.seen.rows)
    found = []
    if not data["key"]:
        found.append(f"{at}.key: no column tells the {count} rows apart; name one")
    elif not one.seen.key:
        found.append(
            f"{at}.key: {data['key'][0]} differs in the {count} rows that were seen; ask whether "
            "it always does"
        )
    sign = data["deletes"].get("sign", "")
    if sign == "reconcile":
        found.append(
            f"{at}.deletes: no column says what is deleted, so all keys are compared each round; "
            "ask for one"
        )
    elif not sign:
        found.append(f"{at}.deletes: no column was found that says what is deleted; name it")
    return found
