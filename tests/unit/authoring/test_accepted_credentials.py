"""A source may accept what its clients show already, and each such credential belongs to one source."""

from __future__ import annotations

import hashlib
from itertools import count

import pytest

from shared.authoring.keys import keyed
from shared.authoring.lint import checked
from shared.workspace.model import Workspace
from shared.workspace.write_keys import key_hash
from tests.unit.conftest import WriteFiles

WORKSPACE = "name: shop\n"
PASSCODE = hashlib.sha256(b"ACC-1:passcode").hexdigest()


def sources(*of: str, trust: str = "browser") -> str:
    lines = [f"  s{at}:\n    trust: {trust}\n    accepts: [{accepts}]" for at, accepts in enumerate(of)]
    return "sources:\n" + "\n".join(lines) + "\n"


def compiled(folder: WriteFiles, text: str) -> tuple[Workspace, list[str]]:
    found = checked(folder({"workspace.yaml": WORKSPACE, "sources.yaml": text}))
    return found.workspace, [finding.rule for finding in found.findings if finding.severity == "error"]


def test_a_public_id_and_the_hash_of_a_secret_are_keys_beside_the_write_key(folder: WriteFiles) -> None:
    workspace, errors = compiled(folder, sources(f"website, 'sha256:{PASSCODE}'"))
    numbers = count()
    result = keyed(workspace, {}, {}, lambda size: bytes([next(numbers)]) * size)

    assert errors == []
    [source] = result.workspace.sources
    write_key = result.write_keys["s0"]
    assert set(source.key_hashes) == {key_hash(write_key), key_hash("website"), PASSCODE}


def test_two_sources_accepting_the_same_is_an_error_that_names_both(folder: WriteFiles) -> None:
    _, errors = compiled(folder, sources("website", "website"))
    assert errors == ["shared_credential"]


def test_the_text_and_its_hash_are_the_same_credential(folder: WriteFiles) -> None:
    _, errors = compiled(folder, sources("'ACC-1:passcode'", f"'sha256:{PASSCODE}'"))
    assert errors == ["shared_credential"]


@pytest.mark.parametrize("credential", ["'sha256:123'", "hr_abc", "''"])
def test_what_is_no_credential_is_refused(folder: WriteFiles, credential: str) -> None:
    _, errors = compiled(folder, sources(credential))
    assert errors


@pytest.mark.parametrize("credential", ["3f1c9d2e8b7a4c5d", "'ACC-1:passcode'"])
def test_what_stands_here_for_all_to_read_is_no_credential_of_a_server(
    folder: WriteFiles, credential: str
) -> None:
    """Every format takes it, also those that let servers read people."""
    _, errors = compiled(folder, sources(f"'sha256:{PASSCODE}', {credential}", trust="server"))
    assert errors == ["schema"]
    _, errors = compiled(folder, sources(f"'sha256:{PASSCODE}'", trust="server"))
    assert errors == []
