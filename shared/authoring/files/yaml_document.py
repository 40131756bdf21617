"""One YAML file as plain data, with the line of every key and item.

YAML 1.2: `NO`, `on` and `yes` are text. Dates and times stay text, as in events. Keys must be text and unique; `<<`
merges another mapping.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.tokens import ScalarToken

from shared.authoring.findings import Path

MOST_VALUES = 100_000
"""Values in one file, including those repeated by aliases, because a few lines of aliases can stand for billions."""

MERGE = "tag:yaml.org,2002:merge"
KEPT_AS_TEXT = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"}
BLOCKS = ("|", ">")
QUOTES = ("'", '"')
SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null")}


class NotReadable(ValueError):
    """The text cannot be read as YAML; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Document:
    """`data` is made of dicts, lists, text, numbers, booleans and None; `lines` has the line of each path."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    texts: dict[Path, int] = field(default_factory=dict)
    """The line where the text itself begins: for a block (`|`) the one after its key."""
    written: dict[Path, str] = field(default_factory=dict)
    """Values that are not text, as the author wrote them: `+43`, `1.10`, `True`."""

    def line(self, path: Path) -> int:
        """The line of the path, or of its nearest parent that was written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Raises NotReadable."""
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        return Document(None, {(): 1}) if node is None else _Reader(yaml.constructor).document(node)
    except NotReadable:
        raise
    except RecursionError as error:
        raise NotReadable(1, "lists or mappings are nested too deeply") from error
    except MarkedYAMLError as error:
        raise _not_readable(error, text) from error
    except (YAMLError, ValueError) as error:
        raise NotReadable(1, f"not YAML: {error}") from error


class _Reader:
    def __init__(self, constructor: SafeConstructor) -> None:
        self._constructor = constructor
        self._lines: dict[Path, int] = {}
        self._texts: dict[Path, int] = {}
        self._written: dict[Path, str] = {}
        self._values = 0
        self._open: set[int] = set()

    def document(self, node: Node) -> Document:
        self._lines[()] = _line(node)
        return Document(self._value(node, ()), self._lines, self._texts, self._written)

    def _value(self, node: Node, path: Path) -> Any:
        self._values += 1
        if self._values > MOST_VALUES:
            raise NotReadable(
                _line(node), f"more than {MOST_VALUES} values; split the file, or use fewer aliases"
            )
        if isinstance(node, ScalarNode):
            self._texts[path] = _line(node) + (node.style in BLOCKS)
            if node.tag in SCALARS:
                self._written[path] = str(node.value)
            return self._scalar(node)
        if id(node) in self._open:
            raise NotReadable(_line(node), "an alias inside its own anchor")
        self._open.add(id(node))
        try:
            return (
                self._mapping(node, path) if isinstance(node, MappingNode) else self._list(node.value, path)
            )
        finally:
            self._open.discard(id(node))

    def _list(self, items: list[Node], path: Path) -> list[Any]:
        values = []
        for index, item in enumerate(items):
            self._lines[(*path, index)] = _line(item)
            values.append(self._value(item, (*path, index)))
        return values

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        written: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                merged = {**self._merged(value_node, path), **merged}
                continue
            key, line = self._key(key_node), _line(key_node)
            if key in written:
                raise NotReadable(line, f"`{key}` occurs twice here, first in line {written[key]}")
            written[key] = line
        for key_node, value_node in node.value:
            if key_node.tag != MERGE:
                key = self._key(key_node)
                self._lines[(*path, key)] = written[key]
                own[key] = self._value(value_node, (*path, key))
        return {**merged, **own}

    def _merged(self, node: Node, path: Path) -> dict[str, Any]:
        """The keys that `<<` merges: one mapping, or a list of them, of which the first wins."""
        sources = node.value if isinstance(node, SequenceNode) else [node]
        found: dict[str, Any] = {}
        for source in sources:
            if not isinstance(source, MappingNode):
                raise NotReadable(_line(source), "`<<` merges mappings only")
            found = {**self._value(source, path), **found}
        return found

    def _key(self, node: Node) -> str:
        if isinstance(node, ScalarNode) and node.tag in KEPT_AS_TEXT:
            return str(node.value)
        shown = f"`{node.value}`" if isinstance(node, ScalarNode) else "a list or mapping"
        raise NotReadable(_line(node), f"{shown} cannot be a key here")

    def _scalar(self, node: ScalarNode) -> Any:
        if node.tag in KEPT_AS_TEXT:
            return str(node.value)
        if node.tag not in SCALARS:
            raise NotReadable(_line(node), f"the tag {node.tag} has no meaning here")
        try:
            value = self._constructor.construct_object(node)
        except (YAMLError, ValueError) as error:
            raise NotReadable(_line(node), f"`{node.value}` cannot be read: {error}") from error
        if isinstance(value, float) and not math.isfinite(value):
            raise NotReadable(_line(node), f"`{node.value}` is not a number that events can have")
        return value


def _not_readable(error: MarkedYAMLError, text: str) -> NotReadable:
    """The error with its line. For an unclosed quotation mark the parser names a line far below, at the next mark or
    the end; the error has the line of the mark itself."""
    if error.context == "while scanning a quoted scalar" and error.context_mark is not None:
        return NotReadable(error.context_mark.line + 1, _sentence(error))
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    opened = _quote_closed_in(line, text)
    if opened is not None:
        return NotReadable(
            opened, f"not YAML: a quotation mark is opened here, and not closed before line {line}"
        )
    return NotReadable(line, _sentence(error))


def _quote_closed_in(line: int, text: str) -> int | None:
    """The first line of a quoted text of several lines that ends in this line."""
    try:
        for token in YAML(typ="safe", pure=True).scan(text):
            if isinstance(token, ScalarToken) and token.style in QUOTES:
                first, last = int(token.start_mark.line) + 1, int(token.end_mark.line) + 1
                if first < line == last:
                    return first
    except YAMLError:
        return None
    return None


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _sentence(error: MarkedYAMLError) -> str:
    said = [part for part in (error.context, error.problem) if part]
    return "not YAML: " + ", ".join(said)
