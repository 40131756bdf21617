from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.failures import Unavailable, UnreadableWorkspace
from shared.stored.current_workspace import LOOKED_BACK, CurrentWorkspace
from shared.workspace.model import EventDefinition, Workspace
from shared.workspace.write_keys import key_hash
from simulation.ports.secrets import FakeSecrets
from simulation.ports.workspaces import FakeWorkspaces

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WRITTEN_BY_NEWER_CODE = b'{"name": "second", "of_the_future": true}'


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> FakeWorkspaces:
    return FakeWorkspaces(Workspace(name="first"))


@pytest.fixture
def secret() -> FakeSecrets:
    return FakeSecrets({"default_write_key": "hr_default"})


@pytest.fixture
def current(store: FakeWorkspaces, secret: FakeSecrets, clock: Clock) -> CurrentWorkspace:
    return CurrentWorkspace(store, secret, clock)


def apply(store: FakeWorkspaces, name: str) -> int:
    version = store.latest_version()
    store.looks = 0
    return store.apply(Workspace(name=name), after=version, at=NOW, by="test").version


def test_before_anything_is_applied_there_is_one_lenient_server_source(
    secret: FakeSecrets, clock: Clock
) -> None:
    workspace = CurrentWorkspace(FakeWorkspaces(), secret, clock).get()

    assert workspace.version == 0
    assert [(s.id, s.trust, s.policy) for s in workspace.sources] == [("default", "server", "lenient")]
    assert workspace.source_by_key_hash[key_hash("hr_default")].id == "default"


def test_a_secret_without_the_default_key_says_so(clock: Clock) -> None:
    with pytest.raises(LookupError, match="default_write_key"):
        CurrentWorkspace(FakeWorkspaces(), FakeSecrets(), clock).get()


def test_the_secret_is_read_once_while_nothing_is_applied(secret: FakeSecrets, clock: Clock) -> None:
    current = CurrentWorkspace(FakeWorkspaces(), secret, clock)
    for _ in range(5):
        current.refreshed()
        clock.now += 2

    assert secret.reads == 1


def test_the_workspace_is_kept_for_a_minute(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    apply(store, "second")
    clock.now += 59.9

    assert current.get().name == "first"
    assert store.looks == 0


def test_after_a_minute_the_latest_version_is_used(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    apply(store, "second")
    clock.now += 60

    assert current.get().name == "second"


def test_an_unchanged_version_is_not_loaded_again(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    first = current.get()
    clock.now += 61

    assert current.get() is first


def test_a_definition_applied_a_second_ago_is_honoured_before_anything_is_refused(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.apply(Workspace(events=(EventDefinition(id="New", name="New"),)), after=1, at=NOW, by="test")
    clock.now += 1

    assert "New" in current.refreshed().definition_by_id


def test_however_often_a_fresh_look_is_asked_for_there_is_one_a_second(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    for _ in range(100):
        current.refreshed()
        clock.now += 0.05

    assert store.looks == 5


def test_a_record_of_a_newer_version_makes_us_look(current: CurrentWorkspace, store: FakeWorkspaces) -> None:
    current.get()
    version = apply(store, "second")

    assert current.at_least(version).name == "second"


def test_a_record_of_an_older_version_costs_no_look(current: CurrentWorkspace, store: FakeWorkspaces) -> None:
    current.get()
    store.looks = 0

    assert current.at_least(1).name == "first"
    assert store.looks == 0


def test_a_version_the_store_does_not_have_yet_is_not_folded_without(current: CurrentWorkspace) -> None:
    with pytest.raises(Unavailable, match="version 7"):
        current.at_least(7)


def test_a_failing_store_leaves_the_kept_workspace_in_use(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.failing = True
    clock.now += 3600

    assert current.get().name == "first"


def test_a_failing_store_stops_a_refusal(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.failing = True
    clock.now += 2

    with pytest.raises(Unavailable):
        current.refreshed()


def test_a_version_this_code_cannot_read_leaves_the_kept_workspace_in_use(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.snapshots[2] = WRITTEN_BY_NEWER_CODE
    clock.now += 60

    assert current.get().name == "first"


def test_nothing_is_refused_by_an_older_version_than_the_latest(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.snapshots[2] = WRITTEN_BY_NEWER_CODE
    clock.now += 60
    current.get()

    with pytest.raises(UnreadableWorkspace):
        current.refreshed()
    apply(store, "third")
    clock.now += 1
    assert current.refreshed().name == "third"


def test_a_version_this_code_cannot_read_is_not_loaded_again_at_once(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.snapshots[2] = WRITTEN_BY_NEWER_CODE
    clock.now += 60
    store.looks = 0
    for _ in range(100):
        current.get()

    assert store.looks == 1


def test_after_a_version_this_code_cannot_read_the_next_one_is_used(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    store.snapshots[2] = WRITTEN_BY_NEWER_CODE
    clock.now += 60
    current.get()
    apply(store, "third")
    clock.now += 60

    assert current.get().name == "third"


@pytest.mark.parametrize("has_looked", [True, False])
def test_what_asks_for_a_version_this_code_cannot_read_waits_or_takes_the_nearest(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock, has_looked: bool
) -> None:
    if has_looked:
        current.get()
    store.snapshots[2] = WRITTEN_BY_NEWER_CODE

    with pytest.raises(Unavailable, match="version 2"):
        current.at_least(2)
    assert current.nearest(2).name == "first"
    assert current.at_least(1).name == "first"
    with pytest.raises(Unavailable, match="version 3"):
        current.nearest(3)  # nobody has said yet that it cannot be read
    apply(store, "third")
    assert current.nearest(3).name == current.at_least(3).name == "third"
    assert current.refreshed().name == "third"


@pytest.mark.parametrize("has_looked", [True, False])
def test_where_several_cannot_be_read_it_is_the_latest_that_can_be(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock, has_looked: bool
) -> None:
    if has_looked:
        current.get()
    apply(store, "second")
    apply(store, "third")
    store.snapshots[3] = store.snapshots[4] = WRITTEN_BY_NEWER_CODE
    clock.now += 60

    assert current.nearest(4).name == current.get().name == "second"
    with pytest.raises(UnreadableWorkspace, match="version 4"):
        current.refreshed()


@pytest.mark.parametrize("unreadable", [LOOKED_BACK - 1, LOOKED_BACK])
def test_a_function_that_starts_looks_back_so_many_versions_and_no_further(
    store: FakeWorkspaces, clock: Clock, unreadable: int
) -> None:
    for version in range(2, 2 + unreadable):
        store.snapshots[version] = WRITTEN_BY_NEWER_CODE
    current = CurrentWorkspace(store, None, clock)

    if unreadable < LOOKED_BACK:
        assert current.nearest(1 + unreadable).name == "first"
    else:
        with pytest.raises(UnreadableWorkspace, match=f"version {1 + unreadable}"):
            current.nearest(1 + unreadable)


def test_while_it_cannot_be_read_it_is_tried_once_a_minute_however_often_it_is_asked_for(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    store.snapshots[2] = WRITTEN_BY_NEWER_CODE
    current.nearest(2)
    store.looks = 0
    for _ in range(120):
        clock.now += 1
        current.nearest(2)

    assert store.looks == 2


def test_a_failure_of_the_moment_is_no_reason_to_take_an_older_version(
    current: CurrentWorkspace, store: FakeWorkspaces, clock: Clock
) -> None:
    current.get()
    apply(store, "second")
    store.failing = True

    with pytest.raises(Unavailable):
        current.nearest(2)
    store.failing, clock.now = False, clock.now + 2
    assert current.nearest(2).name == "second"


def test_a_failure_of_the_moment_while_an_older_version_is_looked_for_ends_the_look(
    store: FakeWorkspaces, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(store, "second")
    store.snapshots[3] = WRITTEN_BY_NEWER_CODE
    load = store.load

    def failing(version: int) -> Workspace:
        if version == 2:
            raise Unavailable("of the moment")
        return load(version)

    current = CurrentWorkspace(store, None, clock)
    monkeypatch.setattr(store, "load", failing)
    with pytest.raises(Unavailable, match="of the moment"):
        current.nearest(3)
    monkeypatch.undo()
    clock.now += 2
    assert current.nearest(3).name == "second"


@pytest.mark.parametrize("has_looked", [True, False])
@pytest.mark.parametrize("ask", [CurrentWorkspace.refreshed, lambda current: current.nearest(1)])
def test_a_version_this_code_cannot_read_stops_whoever_has_no_other(
    secret: FakeSecrets, clock: Clock, ask: Callable[[CurrentWorkspace], Workspace], has_looked: bool
) -> None:
    store = FakeWorkspaces()
    current = CurrentWorkspace(store, secret, clock)
    if has_looked:
        assert current.get().version == 0
        clock.now += 60
    store.snapshots[1] = WRITTEN_BY_NEWER_CODE

    with pytest.raises(UnreadableWorkspace):
        ask(current)


def test_a_failing_store_without_a_kept_workspace_is_unavailable(
    current: CurrentWorkspace, store: FakeWorkspaces
) -> None:
    store.failing = True

    with pytest.raises(Unavailable):
        current.get()
