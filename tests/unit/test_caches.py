"""What functions keep from one call to the next is bounded: in number, and in the length of what clients wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.collect.caching import LONGEST, cached_when_short, url_parts

ROOT = Path(__file__).parents[2]

ONE_OF_A_KIND = "it takes no argument: one value is kept"
OF_THE_CODE = "it keeps what there is by names that stand in the code, or by files of the package"
OF_THE_WORKSPACE = "its arguments are the workspace's, which applying bounds"
OF_KEYS = "it keeps so many hashes, of keys of records, which are as short as Kinesis takes them"
SHORT = "what clients write is kept by cached_when_short alone"

OF_ONE_REQUEST = "a signer of its own has it, which signs one request"

BOUNDED_BECAUSE = {
    "functions/archive/bootstrap.py": ONE_OF_A_KIND,
    "functions/collect/bootstrap.py": ONE_OF_A_KIND,
    "functions/collect/caching.py": SHORT,
    "functions/collect/replay/bootstrap.py": ONE_OF_A_KIND,
    "functions/collect/suggestions/near_paths.py": ONE_OF_A_KIND,
    "functions/collect/protocols/__init__.py": OF_THE_CODE,
    "functions/collect/protocols/twilio_segment/other_calls.py": OF_THE_CODE,
    "functions/collect/pipeline/time_window.py": OF_THE_WORKSPACE,
    "functions/process/bootstrap.py": ONE_OF_A_KIND,
    "functions/send/bootstrap.py": ONE_OF_A_KIND,
    "functions/sweep/bootstrap.py": ONE_OF_A_KIND,
    "functions/tee/bootstrap.py": ONE_OF_A_KIND,
    "shared/authoring/catalogues.py": OF_THE_CODE,
    "shared/aws/dynamodb_requests.py": OF_ONE_REQUEST,
    "shared/conditions/matcher.py": OF_THE_WORKSPACE,
    "shared/fold/formats/compression.py": OF_THE_CODE,
    "shared/fold/profile.py": OF_KEYS,
    "shared/templates/render.py": OF_THE_WORKSPACE,
}
"""Modules that keep results of functions, and why that cannot grow."""


def names_in(module: Path) -> set[str]:
    """Of everything that is named in the module, imported or an attribute of what was."""
    nodes = list(ast.walk(ast.parse(module.read_text())))
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return imported | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def modules() -> Iterator[str]:
    for part in ("functions", "shared"):
        for module in sorted((ROOT / part).rglob("*.py")):
            yield str(module.relative_to(ROOT))


def test_every_cache_is_listed_with_the_reason_why_it_cannot_grow() -> None:
    caching = {module for module in modules() if names_in(ROOT / module) & {"lru_cache", "cache"}}
    assert caching == set(BOUNDED_BECAUSE)


@pytest.mark.parametrize(
    "module", [name for name, reason in BOUNDED_BECAUSE.items() if reason == ONE_OF_A_KIND]
)
def test_what_keeps_one_value_takes_no_argument(module: str) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse((ROOT / module).read_text()))
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(one, ast.Name) and one.id == "cache" for one in node.decorator_list)
    ]
    assert functions
    assert [one.name for one in functions if one.args.args or one.args.kwonlyargs] == []


OPERATORS_URLS = {
    "functions/send/channels/webhook.py", "shared/authoring/lint/reachable_webhooks.py",
    "shared/authoring/files/models/sources.py", "shared/authoring/files/models/tee.py",
    "shared/authoring/files/models/web_addresses.py", "shared/outgoing/calls.py",
}  # fmt: skip


def test_urls_of_clients_are_split_by_one_module_alone() -> None:
    """`urlsplit` keeps 128 URLs, whatever their length. Those of the other modules are in the workspace."""
    splitting = {module for module in modules() if names_in(ROOT / module) & {"urlsplit", "urlparse"}}
    assert splitting == {"functions/collect/caching.py", *OPERATORS_URLS}


@pytest.mark.parametrize(
    ("length", "is_kept"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False), (10**6, False)]
)
def test_only_short_texts_are_kept(length: int, is_kept: bool) -> None:
    asked: list[str] = []

    @cached_when_short(2)
    def first_letter(text: str) -> str:
        asked.append(text)
        return text[0]

    text = "x" * length
    assert [first_letter(text), first_letter(text)] == ["x", "x"]
    assert len(asked) == (1 if is_kept else 2)


def test_only_so_many_texts_are_kept() -> None:
    asked: list[str] = []
    kept = cached_when_short(2)(asked.append)
    for text in ("a", "b", "c", "a"):
        kept(text)
    assert asked == ["a", "b", "c", "a"]


@pytest.mark.parametrize("length", [0, LONGEST, LONGEST * 10])
def test_a_url_is_split_alike_whatever_its_length(length: int) -> None:
    parts = url_parts("https://shop.example/p?utm_source=" + "x" * length)
    assert (parts.hostname, parts.path, len(parts.query)) == ("shop.example", "/p", 11 + length)
