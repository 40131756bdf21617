"""App versions: the one reported last counts, and a change is said once, whatever order events come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.formats.envelope import decoded
from shared.fold.parts import app_versions
from shared.fold.parts.app_versions import KEPT, LONGEST, AppVersions, Reported
from tests.fakes.folding import NOON, Person, did

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LATER = NOON + DAY


def reports(version: str, second: int, app: str = "Shop") -> Event:
    context = {"app": {"name": app, "version": version}}
    return did(context=context, at=NOON + second * SECOND, received_at=LATER)


def versions(state: AppVersions) -> dict[str, str]:
    return {app: one.version for app, one in state.versions.items()}


def test_late_events_do_not_flip_a_version_back_and_forth() -> None:
    ann, changes = Person(), []
    for event in (reports("1", 0), reports("2", 10), reports("1", 5), reports("2", 11), reports("1", 6)):
        ann.does(event, now=LATER)
        changes += [said["version"] for name, said in ann.said if name == "App Version Changed"]
    assert changes == ["2"]
    assert versions(ann.profile.states.app_versions) == {"Shop": "2"}


@pytest.mark.parametrize(("second", "version"), [(9, "2"), (10, "1"), (11, "1")])
def test_a_report_of_the_same_moment_counts_when_it_comes(second: int, version: str) -> None:
    ann = Person()
    ann.does(reports("2", 10), reports("1", second), now=LATER)
    assert versions(ann.profile.states.app_versions) == {"Shop": version}


def test_the_same_version_reported_again_is_newer_than_what_was_reported_in_between() -> None:
    ann = Person()
    ann.does(reports("1", 0), reports("1", 20), reports("2", 10), now=LATER)
    assert versions(ann.profile.states.app_versions) == {"Shop": "1"}


def test_versions_stored_before_they_had_times_are_older_than_any() -> None:
    stored = {"key": "user:u1", "states": {"app_versions": {"versions": {"Shop": "1"}}}}
    ann = Person()
    ann.profile = decoded("user:u1", orjson.dumps(stored), 1)
    ann.does(reports("2", 0), now=LATER)
    assert ("App Version Changed", {"app": "Shop", "version": "2", "previous_version": "1"}) in ann.said


@pytest.mark.parametrize("apps", [KEPT - 1, KEPT, KEPT + 1])
def test_the_twenty_apps_that_reported_last_are_kept(apps: int) -> None:
    ann = Person()
    ann.does(*(reports("1", second, f"a{second}") for second in reversed(range(apps))), now=LATER)
    kept = {f"a{second}" for second in range(apps)} - ({"a0"} if apps > KEPT else set())
    assert set(ann.profile.states.app_versions.versions) == kept


@pytest.mark.parametrize("script", ["a", "é", "\U0001f600", "\x01", '"'])
@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_long_names_in_any_script_keep_to_the_budget(script: str, length: int) -> None:
    """Lengths in bytes, as JSON."""
    ann = Person()
    width = len(orjson.dumps(script)) - 2
    text = script * (length // width) + "x" * (length % width)
    for second in range(KEPT):
        context: dict[str, Any] = {
            "app": {"name": text, "version": text},
            "device": {"id": f"{second:02}" + script * ((length - 2) // width)},
        }
        ann.does(did(context=context, at=NOON + second * SECOND))
    state = ann.profile.states.app_versions
    assert len(app_versions.encode(state)) <= app_versions.budget
    assert bool(state.versions) is (length <= LONGEST)


@pytest.mark.parametrize(("more", "kept"), [(-1, KEPT), (0, KEPT), (1, KEPT - 1)])
def test_the_texts_of_all_apps_take_so_many_bytes_at_most(more: int, kept: int) -> None:
    names = [f"{n:02}" + "\U0001f600" * 3 for n in range(KEPT)]
    room = app_versions.TEXT_BYTES - len(orjson.dumps([[name, "1"] for name in names]))
    longer, rest = divmod(room + more, 20)
    numbers = ["1" * (21 if n < longer else 1 + rest if n == longer else 1) for n in range(KEPT)]
    ann = Person()
    ann.does(*(reports(number, n, name) for n, (name, number) in enumerate(zip(names, numbers, strict=True))))
    assert len(ann.profile.states.app_versions.versions) == kept


@pytest.mark.parametrize(
    "app", [{"name": "", "version": "1"}, {"name": "Shop", "version": ""}, {"name": "Shop"}]
)
def test_an_app_without_a_name_or_a_version_reports_none(app: dict[str, str]) -> None:
    ann = Person()
    ann.does(did(context={"app": app}))
    assert ann.profile.states.app_versions.versions == {}


histories = st.lists(
    st.tuples(st.sampled_from("123"), st.integers(0, 60), st.sampled_from(["Shop", "Bank"])),
    max_size=10,
    unique_by=lambda report: report[1],
)


@given(histories, st.integers(0, 10), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_in_any_order_and_by_any_two_people_who_become_one_the_versions_end_the_same(
    history: list[tuple[str, int, str]], cut: int, random: Any
) -> None:
    events = [reports(*report) for report in history]
    shuffled = random.sample(events, len(events))
    whole, again, one, other = (Person() for _ in range(4))
    for person, theirs in (
        (whole, events), (again, shuffled), (one, events[:cut]), (other, events[cut:]),
    ):  # fmt: skip
        for event in theirs:
            person.does(event, now=LATER)
    merged = app_versions.merge(one.profile.states.app_versions, other.profile.states.app_versions)
    assert whole.profile.states.app_versions == again.profile.states.app_versions == merged


def test_of_two_reports_of_one_moment_the_person_who_stays_keeps_theirs() -> None:
    one, other = (AppVersions({"Shop": Reported(version, 5)}) for version in "12")
    assert app_versions.merge(one, other) == one
