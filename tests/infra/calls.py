"""Which AWS actions a function's code can ask for, read from the source: its imports, and what they call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

IAM_ACTIONS = {
    ("events", "put_events"): "events:PutEvents",
    ("sqs", "send_message_batch"): "sqs:SendMessage",
    ("sqs", "change_message_visibility_batch"): "sqs:ChangeMessageVisibility",
    ("sqs", "delete_message_batch"): "sqs:DeleteMessage",
    ("sesv2", "send_email"): "ses:SendEmail",
    ("lambda", "invoke"): "lambda:InvokeFunction",
    ("s3", "list_objects_v2"): "s3:ListBucket",
}
"""Calls whose action is not the service's prefix and the call's own name."""

PREFIXES = {"sesv2": "ses"}

IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@cache
def actions_of(*roots: str) -> frozenset[str]:
    """The actions of every AWS call in the modules that these (dotted) import, directly or not."""
    return frozenset(
        action for module in modules_of(*roots) for action in _actions(ast.parse(module.read_text()))
    )


def services_of(*roots: str) -> set[str]:
    """The AWS services whose clients those modules ask for."""
    return {
        service
        for module in modules_of(*roots)
        for service in re.findall(r'\bclient\("([a-z0-9-]+)"\)', module.read_text())
    }


@cache
def modules_of(*roots: str) -> set[Path]:
    """Our own modules that running these loads or may load, but for what is imported by a name made up then."""
    found: set[Path] = set()
    waiting = [*roots]
    while waiting:
        path = _file(waiting.pop())
        if path is None or path in found:
            continue
        found.add(path)
        waiting += _imports(ast.parse(path.read_text()))
    return found


def _file(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _executed(node)


def _actions(tree: ast.Module) -> Iterator[str]:
    literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="client"), args=[ast.Constant(value=str(service))]),
                    attr="get_paginator",
                ),
                args=[ast.Constant(value=str(call))],
            ):
                yield _action(service, call)
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="client"), args=[ast.Constant(value=str(service))]),
                    attr=call,
                )
            ) if call == "transact_write_items":
                yield from (
                    f"dynamodb:{action}" for name, action in IN_TRANSACTIONS.items() if name in literals
                )
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="client"), args=[ast.Constant(value=str(service))]),
                    attr=call,
                )
            ) if call != "get_paginator":
                yield _action(service, call)


def _action(service: str, call: str) -> str:
    camel = "".join(word.capitalize() for word in call.split("_"))
    return IAM_ACTIONS.get((service, call), f"{PREFIXES.get(service, service)}:{camel}")
