"""XML answers as the values that JSON would hold, so that their shape is found in the same way."""

from __future__ import annotations

from typing import Any

from lxml import etree

from connectors import xml


class XmlBodies:
    """The answers of one list. What came several times in one of them is a list in all others."""

    def __init__(self) -> None:
        self._lists: set[str] = set()

    def body(self, content: bytes) -> Any:
        """What stands below the root: objects, lists, texts. Raises ValueError when broken."""
        return self._value(xml.parse(content), "")

    def _value(self, element: etree._Element, place: str) -> Any:
        if not len(element):
            return element.text or ""
        named: dict[str, list[etree._Element]] = {}
        for child in element:
            named.setdefault(xml.name_of(child), []).append(child)
        made: dict[str, Any] = {}
        for name, found in named.items():
            spot = f"{place}{name}"
            if len(found) > 1:
                self._lists.add(spot)
            values = [self._value(one, f"{spot}.") for one in found]
            made[name] = values if spot in self._lists else values[0]
        return made
