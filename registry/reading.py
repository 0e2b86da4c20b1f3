"""YAML, strictly: no key twice, nothing that YAML silently turns into something else.

Files are composed to nodes by the C parser, so that every problem can name its line. A problem
is one sentence: file, line, key, what is wrong, what is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kernel.errors import BadContract

_STR = "tag:yaml.org,2002:str"
_WORDS = {
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:null": "nothing",
}
_TRUTH = {"true": True, "false": False}

PathPart = str | int


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a file. `path`: keys from the top, without list positions."""

    path: tuple[PathPart, ...]
    text: str
    line: int = 0


@dataclass
class Document:
    """A file as data, its nodes for line numbers, and the problems found while reading it.

    `plain`: which scalars may stand without quotes besides text: "int", "bool", "null".
    `truths`: keys from the top to a part that is another program's: true and false stand there too.
    """

    file: Path
    plain: frozenset[str] = frozenset({"int"})
    truths: tuple[PathPart, ...] = ()
    root: Any = None
    data: Any = None
    problems: list[Problem] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)

    def read(self) -> Document:
        """Fill `root`, `data` and `problems`. Raises BadContract when it is no YAML at all."""
        try:
            text = self.file.read_bytes().decode("utf-8")
            self.root = yaml.CSafeLoader(text).get_single_node()
        except UnicodeDecodeError:
            raise BadContract(f"{self.file.name}, line 1: the file is not UTF-8") from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            why = error.problem or error.context or "it cannot be read"
            raise BadContract(f"{self.file.name}, line {line}: this is not YAML: {why}") from None
        except yaml.YAMLError:
            raise BadContract(f"{self.file.name}, line 1: a character in it is no text") from None
        if not isinstance(self.root, yaml.MappingNode):
            raise BadContract(f"{self.file.name}, line 1: the file must hold keys and values")
        self.data = self._value(self.root, ())
        return self

    def _value(self, node: Any, path: tuple[PathPart, ...]) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.tag == _STR else self._not_text(node, path)
        if id(node) in self._seen:
            text = "write it out: a reference (*) to another place is not allowed"
            self.problems.append(Problem(path, text))  # the node's own line is the other place's
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self._value(one, (*path, n)) for n, one in enumerate(node.value)]

    def _mapping(self, node: Any, path: tuple[PathPart, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != _STR:
                said = getattr(key, "value", "?")
                word = _WORDS.get(key.tag, "something else than text")
                self._say(key, path, f"the key {said} is read as {word}: write it in quotes")
            elif key.value in found:
                self._say(key, (*path, key.value), "this key stands here twice: keep one of them")
            else:
                found[key.value] = self._value(value, (*path, key.value))
        return found

    def _not_text(self, node: Any, path: tuple[PathPart, ...]) -> Any:
        kind, said = node.tag.rpartition(":")[2], node.value
        if kind not in self.plain | self._more_at(path):
            self._refuse(node, path)
        elif kind == "int" and said.isascii() and said.isdigit() and str(int(said)) == said:
            return int(said)
        elif kind == "bool" and said in _TRUTH:
            return _TRUTH[said]
        elif kind == "int":
            text = "is read as another number: write a code in quotes, a number in plain digits"
            self._say(node, path, f"{said} {text}")
        elif kind != "null":
            self._refuse(node, path)
        return None

    def _more_at(self, path: tuple[PathPart, ...]) -> frozenset[str]:
        inside = self.truths and path[: len(self.truths)] == self.truths
        return frozenset({"bool"}) if inside else frozenset()

    def _refuse(self, node: Any, path: tuple[PathPart, ...]) -> None:
        if node.tag not in _WORDS:
            self._say(node, path, f"the tag {node.tag} is not allowed: write plain text")
        elif not node.value:
            self._say(node, path, "no value stands here: write one or leave the key out")
        else:
            word = _WORDS[node.tag]
            self._say(node, path, f"{node.value} is read as {word}: write it in quotes")

    def _say(self, node: Any, path: tuple[PathPart, ...], text: str) -> None:
        self.problems.append(Problem(path, text, node.start_mark.line + 1))

    def line_of(self, path: Sequence[PathPart]) -> int:
        """The line of the deepest part of `path` that is there."""
        node, line = self.root, 1
        for part in path:
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == part), None)
                if pair is None:
                    return line
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                return line
        return line

    def sentence(self, problem: Problem) -> str:
        """The problem in one sentence: file, line, key, what is wrong."""
        line = problem.line or self.line_of(problem.path)
        keys = ".".join(str(p) for p in problem.path if isinstance(p, str))
        place = f"{self.file.name}, line {line}" + (f", {keys}" if keys else "")
        return f"{place}: {problem.text}"

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Raise BadContract naming all problems, one a line, in the order of the file."""
        if not problems:
            return
        ordered = sorted(problems, key=lambda p: p.line or self.line_of(p.path))
        raise BadContract(
            "\n".join(dict.fromkeys(self.sentence(p) for p in ordered)),
            file=self.file.name,
            line=ordered[0].line or self.line_of(ordered[0].path),
        )
