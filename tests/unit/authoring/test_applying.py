from datetime import UTC, datetime

import pytest

from shared.authoring.applying import Application, carry_out, prepare
from shared.authoring.changes import changes
from shared.authoring.keys import keyed
from shared.failures import Unavailable, VersionConflict
from shared.workspace.model import (
    Campaign,
    EventDefinition,
    PropertyDefinition,
    Settings,
    SmsSettings,
    Source,
    Template,
    Webhook,
    Workspace,
)
from shared.workspace.write_keys import key_hash
from simulation.ports.secrets import FakeSecrets, FakeStackSecrets
from simulation.ports.workspaces import FakeWorkspaces

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WEB = Source(id="web", name="Web", trust="browser")
SHOP = Workspace(
    name="shop", sources=(WEB,), settings=Settings(webhooks={"crm": Webhook(url="https://a.example")})
)


class Randomness:
    """Different bytes with every call, the same in every test."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, size: int) -> bytes:
        self.calls += 1
        return bytes([self.calls]) * size


@pytest.fixture
def workspaces() -> FakeWorkspaces:
    return FakeWorkspaces()


@pytest.fixture
def secrets() -> FakeStackSecrets:
    return FakeStackSecrets(
        FakeSecrets({"default_write_key": "hr_default", "of_the_operator": "kept"}),
        FakeSecrets({"unused": "x"}),
    )


def apply(
    workspace: Workspace, workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> tuple[Application, Workspace]:
    application = prepare(workspace, workspaces, secrets.ports, Randomness())
    return application, carry_out(application, workspaces, secrets.ports, at=NOW, by="ada")


def test_the_first_apply_makes_version_1_with_keys(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    application, applied = apply(SHOP, workspaces, secrets)

    key = application.write_keys["web"]
    assert applied.version == 1
    assert workspaces.load(1).source_by_key_hash[key_hash(key)].id == "web"
    assert secrets.keys.value["sources"] == {"web": {"write_key": key, "identity_secret": "02" * 32}}
    assert secrets.outgoing.value["webhooks"] == {"crm": "03" * 32}
    assert workspaces.applied_by[1] == (NOW, "ada")


def test_what_is_shown_to_others_is_not_in_what_collect_may_read(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    apply(SHOP, workspaces, secrets)

    assert "03" * 32 not in str(secrets.keys.value)
    assert secrets.outgoing.value == {"unused": "x", "webhooks": {"crm": "03" * 32}}


EARLIER = {
    "default_write_key": "hr_default",
    "sources": {
        "web": {"write_key": "hr_web", "identity_secret": "s", "tee": {"headers": {"A": "theirs"}}},
        "gone": {"write_key": "hr_gone", "tee": {"query": {"k": "theirs"}}},
    },
    "webhooks": {"crm": "signing"},
}
"""As one secret had everything."""


def test_what_an_earlier_version_put_among_the_keys_moves(workspaces: FakeWorkspaces) -> None:
    secrets = FakeStackSecrets(FakeSecrets(EARLIER), FakeSecrets({"unused": "x"}))
    application, _ = apply(SHOP, workspaces, secrets)

    assert application.write_keys == {"web": "hr_web"}
    assert secrets.keys.value == {
        "default_write_key": "hr_default",
        "sources": {
            "web": {"write_key": "hr_web", "identity_secret": "s"},
            "gone": {"write_key": "hr_gone"},
        },
        "webhooks": {},
    }
    assert secrets.outgoing.value == {
        "unused": "x",
        "webhooks": {"crm": "signing"},
        "tees": {"web": {"headers": {"A": "theirs"}}, "gone": {"query": {"k": "theirs"}}},
    }


def test_nothing_is_lost_when_the_move_stops_half_way(workspaces: FakeWorkspaces) -> None:
    secrets = FakeStackSecrets(FakeSecrets(EARLIER), FakeSecrets({}))
    application = prepare(SHOP, workspaces, secrets.ports, Randomness())
    application.outgoing.carry_out(secrets.outgoing)  # and then the command is killed

    apply(SHOP, workspaces, secrets)
    assert secrets.outgoing.value["webhooks"] == {"crm": "signing"}
    assert "theirs" in str(secrets.outgoing.value)
    assert "theirs" not in str(secrets.keys.value)


def test_a_vendors_credential_that_was_given_since_is_not_written_over_by_the_move(
    workspaces: FakeWorkspaces,
) -> None:
    secrets = FakeStackSecrets(
        FakeSecrets(EARLIER), FakeSecrets({"tees": {"web": {"headers": {"A": "newer"}}}})
    )
    apply(SHOP, workspaces, secrets)

    assert secrets.outgoing.value["tees"]["web"] == {"headers": {"A": "newer"}}  # type: ignore[index]


def test_no_key_is_in_the_snapshot(workspaces: FakeWorkspaces, secrets: FakeStackSecrets) -> None:
    application, _ = apply(SHOP, workspaces, secrets)

    assert application.write_keys["web"].encode() not in workspaces.snapshots[1]


def test_what_else_is_in_the_secret_is_kept(workspaces: FakeWorkspaces, secrets: FakeStackSecrets) -> None:
    apply(SHOP, workspaces, secrets)

    assert secrets.keys.value["of_the_operator"] == "kept"


def test_applying_the_same_again_changes_nothing(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    first, _ = apply(SHOP, workspaces, secrets)
    again, applied = apply(SHOP, workspaces, secrets)

    assert (applied.version, again.makes_a_version, again.changes) == (1, False, [])
    assert (again.keys.parts, again.outgoing.parts) == ({}, {})
    assert again.write_keys == first.write_keys


def test_the_default_source_has_the_key_made_at_deployment(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    source = Source(id="default", name="Default", trust="server")

    application, _ = apply(Workspace(sources=(source,)), workspaces, secrets)
    assert application.write_keys == {"default": "hr_default"}


def test_applying_the_built_in_workspace_still_makes_a_version(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    source = Source(id="default", name="Default", trust="server", policy="lenient")

    application, applied = apply(Workspace(sources=(source,)), workspaces, secrets)
    assert (application.changes, applied.version) == ([], 1)


def test_a_source_that_comes_back_has_its_old_key(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    first, _ = apply(SHOP, workspaces, secrets)
    _, without = apply(Workspace(), workspaces, secrets)
    back, _ = apply(SHOP, workspaces, secrets)

    assert set(without.source_by_key_hash) == set(without.doctor.key_hashes if without.doctor else ())
    assert back.write_keys == first.write_keys


def test_a_key_that_somebody_replaced_in_the_secret_counts_from_the_next_apply(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    apply(SHOP, workspaces, secrets)
    secrets.keys.value["sources"] = {"web": {"write_key": "hr_rotated", "identity_secret": "02" * 32}}

    application, applied = apply(SHOP, workspaces, secrets)
    assert applied.source_by_key_hash[key_hash("hr_rotated")].id == "web"
    assert [change.details for change in application.changes] == [
        ("the credentials that it accepts have changed",)
    ]


def test_whoever_applies_second_is_told(workspaces: FakeWorkspaces, secrets: FakeStackSecrets) -> None:
    mine = prepare(SHOP, workspaces, secrets.ports, Randomness())
    apply(Workspace(name="theirs"), workspaces, secrets)

    with pytest.raises(VersionConflict):
        carry_out(mine, workspaces, secrets.ports, at=NOW, by="bob")


def test_of_two_who_make_keys_for_the_same_source_the_first_ones_keys_stay(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    other_randomness = Randomness()
    other_randomness.calls = 100
    mine = prepare(SHOP, workspaces, secrets.ports, other_randomness)
    theirs, _ = apply(SHOP, workspaces, secrets)

    with pytest.raises(VersionConflict):
        carry_out(mine, workspaces, secrets.ports, at=NOW, by="bob")

    written = secrets.keys.value["sources"]["web"]["write_key"]  # type: ignore[index]
    assert written == theirs.write_keys["web"] != mine.write_keys["web"]
    assert key_hash(written) in workspaces.load(1).source_by_key_hash


def test_whoever_wrote_the_keys_and_not_the_version_keeps_out_who_made_other_keys(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    other_randomness = Randomness()
    other_randomness.calls = 100
    mine = prepare(SHOP, workspaces, secrets.ports, other_randomness)
    theirs = prepare(SHOP, workspaces, secrets.ports, Randomness())
    workspaces.failing = True
    with pytest.raises(Unavailable):
        carry_out(theirs, workspaces, secrets.ports, at=NOW, by="ada")
    workspaces.failing = False

    with pytest.raises(VersionConflict):
        carry_out(mine, workspaces, secrets.ports, at=NOW, by="bob")
    assert carry_out(theirs, workspaces, secrets.ports, at=NOW, by="ada").version == 1


def test_after_a_crash_between_secret_and_version_the_keys_are_taken_up(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    application = prepare(SHOP, workspaces, secrets.ports, Randomness())
    workspaces.failing = True
    with pytest.raises(Unavailable):
        carry_out(application, workspaces, secrets.ports, at=NOW, by="ada")
    workspaces.failing = False

    again, applied = apply(SHOP, workspaces, secrets)
    assert applied.version == 1
    assert again.write_keys == application.write_keys


def test_looking_what_would_change_changes_nothing(
    workspaces: FakeWorkspaces, secrets: FakeStackSecrets
) -> None:
    before = [dict(one.value) for one in (secrets.keys, secrets.outgoing)]
    prepare(SHOP, workspaces, secrets.ports, Randomness())

    assert [one.value for one in (secrets.keys, secrets.outgoing)] == before
    assert workspaces.snapshots == {}


def test_a_secret_that_somebody_broke_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="sources"):
        keyed(SHOP, {"sources": "oops"}, {}, Randomness())


BEFORE = Workspace(
    name="shop",
    sources=(WEB, Source(id="old", name="Old", trust="server")),
    events=(
        EventDefinition(id="Search", name="Search", properties={"query": PropertyDefinition(type="string")}),
    ),
    campaigns=(Campaign(id="c", name="C", event="Search", channel="sms", template="t", where={"a": 1}),),
    templates=(Template(id="t", channel="sms", parts={"text": "a\nb"}),),
)
AFTER = Workspace(
    name="shop",
    sources=(WEB.model_copy(update={"policy": "strict"}), Source(id="new", name="New", trust="server")),
    events=(
        EventDefinition(
            id="Search",
            name="Suche",
            properties={
                "query": PropertyDefinition(type="string", required=True),
                "hits": PropertyDefinition(type="integer"),
            },
        ),
    ),
    campaigns=(Campaign(id="c", name="C", event="Search", channel="sms", template="t"),),
    templates=(Template(id="t", channel="sms", parts={"text": "a\nc"}),),
    settings=Settings(sms=SmsSettings(allowed_prefixes=("+1",))),
)


def test_a_difference_is_said_in_words() -> None:
    said = [(change.kind, change.id, change.what, change.details) for change in changes(BEFORE, AFTER)]

    assert said == [
        ("workspace", "shop", "changed", ('settings.sms.allowed_prefixes: [] → ["+1"]',)),
        ("source", "web", "changed", ("policy: lenient → strict",)),
        ("source", "new", "added", ()),
        ("source", "old", "removed", ()),
        (
            "event",
            "Search",
            "changed",
            ("name: Search → Suche", "properties.query.required: false → true", "properties.hits: integer"),
        ),
        ("campaign", "c", "changed", ('where: no longer {"a":1}',)),
        ("template", "t", "changed", ("parts.text, line 2: b → c",)),
    ]


def test_a_workspace_does_not_differ_from_itself() -> None:
    assert changes(AFTER, AFTER) == []


def test_a_long_value_is_shown_in_part() -> None:
    longer = AFTER.model_copy(update={"name": "x" * 500})

    assert all(len(detail) < 150 for change in changes(BEFORE, longer) for detail in change.details)
