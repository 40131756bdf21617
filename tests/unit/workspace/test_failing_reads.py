"""A store that fails is asked once a second, by whatever reads it for each event, record, message or request."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.collect.auth.source_secrets import SourceSecrets
from functions.send.outgoing_secrets import OutgoingSecrets
from functions.tee.credentials import VendorCredentials
from shared.failures import Unavailable, UnreadableWorkspace
from shared.stored.current_workspace import CurrentWorkspace
from shared.stored.failing_reads import APART_SECONDS, FailingReads
from shared.workspace.model import Workspace
from simulation.ports.secrets import FakeSecrets
from simulation.ports.workspaces import FakeWorkspaces

Clock = Callable[[], float]
Store = FakeSecrets | FakeWorkspaces

READERS: dict[str, Callable[[Clock], tuple[Store, Callable[[], object]]]] = {}


def reader(made: Callable[[Clock], tuple[Store, Callable[[], object]]]) -> None:
    READERS[made.__name__] = made


@reader
def identity_secrets(clock: Clock) -> tuple[Store, Callable[[], object]]:
    stored = FakeSecrets({"sources": {"shop": {"identity_secret": "s"}}})
    secrets = SourceSecrets(stored, clock)
    return stored, lambda: secrets.identity_secret("shop")


@reader
def signing_secrets(clock: Clock) -> tuple[Store, Callable[[], object]]:
    stored = FakeSecrets({"webhooks": {"crm": "s"}})
    secrets = OutgoingSecrets(stored, ("webhooks",), clock)
    return stored, lambda: secrets.of("crm")


@reader
def vendor_credentials(clock: Clock) -> tuple[Store, Callable[[], object]]:
    stored = FakeSecrets({})
    credentials = VendorCredentials(stored, clock)
    return stored, lambda: credentials.of("shop")


@reader
def kept_workspace(clock: Clock) -> tuple[Store, Callable[[], object]]:
    stored = FakeWorkspaces(Workspace())
    return stored, CurrentWorkspace(stored, None, clock).get


@reader
def latest_workspace(clock: Clock) -> tuple[Store, Callable[[], object]]:
    stored = FakeWorkspaces(Workspace())
    return stored, CurrentWorkspace(stored, None, clock).refreshed


@reader
def workspace_of_a_record(clock: Clock) -> tuple[Store, Callable[[], object]]:
    stored = FakeWorkspaces(Workspace())
    current = CurrentWorkspace(stored, None, clock)
    return stored, lambda: current.at_least(1)


@pytest.mark.parametrize("name", READERS)
def test_a_store_that_fails_is_asked_once_a_second(name: str) -> None:
    now = [100.0]
    store, read = READERS[name](lambda: now[0])
    store.failing = True
    for at, failed in ((100.0, 1), (100.0, 1), (100.999, 1), (101.0, 2), (101.999, 2), (102.5, 3)):
        now[0] = at
        with pytest.raises(Unavailable):
            read()
        assert store.failed == failed
    store.failing = False
    now[0] = 103.499
    with pytest.raises(Unavailable):
        read()
    now[0] = 103.5
    read()


def test_what_failed_is_remembered_from_when_it_had_failed() -> None:
    """The failure itself may have taken seconds."""
    now = [0.0]
    reads = FailingReads(lambda: now[0])
    tried: list[float] = []

    def slowly() -> None:
        tried.append(now[0])
        now[0] += 5
        raise UnreadableWorkspace("too new")

    for _ in range(3):
        with pytest.raises(UnreadableWorkspace, match="too new"):
            reads.read(slowly)
    assert tried == [0.0]
    now[0] += APART_SECONDS
    with pytest.raises(UnreadableWorkspace):
        reads.read(slowly)
    assert tried == [0.0, 5 + APART_SECONDS]


def test_what_succeeds_is_read_each_time() -> None:
    reads = FailingReads(lambda: 0.0)
    assert [reads.read(lambda: "found") for _ in range(3)] == ["found"] * 3
