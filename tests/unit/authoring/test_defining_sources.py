"""Which sources may let their clients define events."""

from __future__ import annotations

from shared.authoring.lint import checked
from tests.unit.conftest import WriteFiles

SOURCE = """\
sources:
  shop:
    trust: {trust}
    may_define: true
"""


def test_a_server_may_and_only_if_it_says_so(folder: WriteFiles) -> None:
    [source] = checked(folder(sources_yaml=SOURCE.format(trust="server"))).workspace.sources
    assert source.may_define
    silent = SOURCE.format(trust="server").replace("    may_define: true\n", "")
    [source] = checked(folder(sources_yaml=silent)).workspace.sources
    assert not source.may_define


def test_whoever_shows_a_public_key_may_not(folder: WriteFiles) -> None:
    findings = checked(folder(sources_yaml=SOURCE.format(trust="browser"))).findings
    [error] = [finding for finding in findings if finding.severity == "error"]
    assert "`may_define` is for sources with `trust: server`" in error.message
