"""What a source may say of the vendor that gets what it sends as well."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from shared.authoring.compiling import compile_folder
from shared.authoring.files.models.sources import SourceFile
from shared.authoring.files.models.tee import TeeFile
from shared.authoring.keys import keyed
from shared.workspace import snapshot
from shared.workspace.model import Source, Tee, Workspace
from tests.unit.conftest import WriteFiles


@pytest.mark.parametrize(
    "host", ["https://eu1.api.clevertap.com", "https://v.example:8443", "http://127.0.0.1:9"]
)
def test_a_host_is_https_or_on_this_machine(host: str) -> None:
    assert TeeFile(host=host).host == host


@pytest.mark.parametrize(
    "host",
    ["http://v.example", "v.example", "https://", "https://v.example/", "https://v.example/1/upload",
     "https://u:p@v.example", "https://v.example?a=1", "ftp://v.example"],
)  # fmt: skip
def test_anything_else_is_no_host(host: str) -> None:
    with pytest.raises(ValidationError):
        TeeFile(host=host)


@pytest.mark.parametrize(
    "name", ["Authorization", "X-CleverTap-Passcode", "X-netmera-api-key", "X-Auth-Token"]
)
def test_what_is_secret_does_not_belong_into_a_file(name: str) -> None:
    with pytest.raises(ValidationError, match="headrace tee secret"):
        TeeFile(host="https://v.example", headers={name: "s3cret"})


@pytest.mark.parametrize("name", ["Host", "cookie", "Content-Length", "X-Forwarded-For", "a b", "", "ä"])
def test_headers_of_the_connection_cannot_be_set(name: str) -> None:
    with pytest.raises(ValidationError, match="not a header that can be set"):
        TeeFile(host="https://v.example", headers={name: "1"})


@pytest.mark.parametrize("value", ["", "a\r\nb: c", "ä"])
def test_a_headers_value_is_one_line_of_ascii(value: str) -> None:
    with pytest.raises(ValidationError):
        TeeFile(host="https://v.example", headers={"X-Account": value})


def test_a_tee_is_compiled_stored_and_read_again(folder: WriteFiles) -> None:
    compiled = compile_folder(
        folder(
            sources_yaml="""
            sources:
              app:
                trust: server
                tee: {host: "https://v.example", headers: {X-Account: ACC}}
              plain: {trust: server}
            """
        )
    )
    assert compiled.findings == []
    read = snapshot.decode(snapshot.encode(compiled.workspace), 1)
    assert [source.tee for source in read.sources] == [
        Tee(host="https://v.example", headers={"X-Account": "ACC"}), None
    ]  # fmt: skip
    assert read.has_tees
    assert not Workspace().has_tees


def test_applying_keeps_the_vendors_credentials() -> None:
    outgoing: dict[str, Any] = {"tees": {"app": {"headers": {"A": "1"}}}}
    app = Source(id="app", name="App", trust="server")
    made = keyed(Workspace(sources=(app,)), {}, outgoing, bytes)
    assert made.outgoing["tees"] == {"app": {"headers": {"A": "1"}}}


def test_a_source_without_a_tee_is_the_rule() -> None:
    assert SourceFile(trust="server").tee is None
