"""A server's source may hold a key pair that AWS clients sign with: made once, kept, and known by its id alone."""

from __future__ import annotations

import re
import secrets
from typing import Any

from cli.source_keys import of_workspace
from shared.authoring.keys import keyed
from shared.authoring.lint import checked
from shared.workspace import snapshot
from shared.workspace.model import Source, Workspace
from tests.unit.conftest import WriteFiles

PAIRED = Workspace(sources=(Source(id="api", name="Api", trust="server", key_pair=True),))


def compiled(folder: WriteFiles, trust: str) -> tuple[Workspace, list[str]]:
    text = f"sources:\n  api:\n    trust: {trust}\n    key_pair: true\n"
    found = checked(folder({"workspace.yaml": "name: shop\n", "sources.yaml": text}))
    return found.workspace, [one.message for one in found.findings if one.severity == "error"]


def pair_of(secret: dict[str, Any]) -> dict[str, str]:
    pair: dict[str, str] = secret["sources"]["api"]["key_pair"]
    return pair


def test_the_pair_has_the_form_that_aws_clients_expect(folder: WriteFiles) -> None:
    workspace, errors = compiled(folder, "server")
    assert errors == []
    pair = pair_of(keyed(workspace, {}, {}, secrets.token_bytes).keys)
    assert re.fullmatch(r"HR[A-Z2-7]{18}", pair["access_key_id"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{40}", pair["secret_access_key"])


def test_a_browser_holds_none(folder: WriteFiles) -> None:
    _, [error] = compiled(folder, "browser")
    assert "trust: server" in error


def test_it_is_made_once_and_survives_being_switched_off() -> None:
    first = keyed(PAIRED, {}, {}, secrets.token_bytes)
    off = PAIRED.sources[0].model_copy(update={"key_pair": False})
    without = keyed(Workspace(sources=(off,)), first.keys, {}, secrets.token_bytes)
    again = keyed(PAIRED, without.keys, {}, secrets.token_bytes)

    assert without.workspace.sources[0].access_key_id is None
    assert pair_of(again.keys) == pair_of(first.keys)
    assert again.workspace.source_by_access_key_id == {
        pair_of(first.keys)["access_key_id"]: again.workspace.sources[0]
    }


def test_the_workspace_never_knows_the_secret_half() -> None:
    result = keyed(PAIRED, {}, {}, secrets.token_bytes)
    written = snapshot.encode(result.workspace)
    pair = pair_of(result.keys)
    assert pair["access_key_id"].encode() in written
    assert pair["secret_access_key"].encode() not in written


def test_keys_shows_the_pair_of_a_source_that_has_it_switched_on() -> None:
    result = keyed(PAIRED, {}, {}, secrets.token_bytes)
    [row] = of_workspace(result.workspace, result.keys)
    assert {name: getattr(row, name) for name in ("access_key_id", "secret_access_key")} == pair_of(
        result.keys
    )
    off = result.workspace.sources[0].model_copy(update={"key_pair": False})
    [row] = of_workspace(Workspace(sources=(off,)), result.keys)
    assert row.access_key_id is None
    assert row.secret_access_key is None
