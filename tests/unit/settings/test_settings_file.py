"""Settings of one's own, over the defaults: what is taken over, and what is said of a mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from infra.settings.file import NotUsable, SettingsError, chosen, in_force
from infra.settings.push import PushCredentials
from infra.settings.stages import DEV, LOCAL, PROD, TARGETS

WEB_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1111-2222"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1111-2222"
DOMAIN = f"name: events.shop.example, certificate: '{CERTIFICATE}'"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "headrace.yaml"


def said_of(file: Path, text: str) -> list[str]:
    """Each finding as `line: message advice`."""
    file.write_text(text)
    with pytest.raises(NotUsable) as caught:
        in_force(file)
    return [
        f"{found.place.line}: {found.message}. {found.advice}".removesuffix(" ")
        for found in caught.value.findings
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "all:\nprod:\n"])
def test_a_file_that_says_nothing_changes_nothing(file: Path, text: str) -> None:
    file.write_text(text)

    assert in_force(file) == TARGETS == in_force(None)


def test_a_section_is_for_its_stage_and_all_for_every_stage(file: Path) -> None:
    file.write_text("all:\n  alarm_email: ops@shop.example\nprod:\n  stream_shards: 4\n")

    found = in_force(file)

    assert found["dev"] == replace(DEV, alarm_email="ops@shop.example")
    assert found["prod"] == replace(PROD, alarm_email="ops@shop.example", stream_shards=4)


def test_a_stages_section_goes_before_all_wherever_it_stands(file: Path) -> None:
    file.write_text("prod:\n  lake_days: null\nall:\n  lake_days: 30\n")

    assert {stage: one.lake_days for stage, one in in_force(file).items()} == {
        "local": 30,
        "dev": 30,
        "prod": None,
    }


def test_of_a_setting_by_channel_only_what_is_named_changes(file: Path) -> None:
    file.write_text(
        "all:\n  messages_per_second: {email: 14}\nprod:\n  messages_per_second: {email: 50, push: 100.5}\n"
    )

    found = in_force(file)

    assert found["dev"].messages_per_second == {"sms": 20, "email": 14}
    assert found["prod"].messages_per_second == {"sms": 20, "email": 50, "push": 100.5}


def test_any_other_setting_with_parts_is_replaced_whole(file: Path) -> None:
    """A domain's zone is not that of another domain."""
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    file.write_text(
        "all:\n  domain: {name: a.shop.example, certificate: CERT, zone_id: Z01, zone_name: shop.example}\n"
        "prod:\n  domain: {name: events.other.example, certificate: CERT}\n"
        "local:\n  domain: null\n".replace("CERT", certificate)
    )

    dev, prod = in_force(file)["dev"].domain, in_force(file)["prod"].domain

    assert dev is not None
    assert prod is not None
    assert (dev.zone_name, prod.zone_name) == ("shop.example", None)


def test_a_list_replaces_the_default(file: Path) -> None:
    file.write_text("local:\n  push:\n    - {device: android, platform: GCM, secret: null}\n")

    assert in_force(file)["local"] == replace(
        LOCAL, push=(PushCredentials(device="android", platform="GCM", secret=None),)
    )


@pytest.mark.parametrize(
    "zone", ["", ", zone_id: Z1, zone_name: shop.example", ", zone_id: Z1, zone_name: events.shop.example"]
)
def test_a_domain_is_in_a_zone_of_route_53_or_elsewhere(file: Path, zone: str) -> None:
    file.write_text(f"all:\n  api: rest\nprod:\n  web_acl: {WEB_ACL}\n  domain: {{{DOMAIN}{zone}}}\n")

    found = in_force(file)

    assert [found[stage].api for stage in ("local", "dev", "prod")] == ["rest"] * 3
    assert found["prod"].domain is not None
    assert found["prod"].domain.url == "https://events.shop.example"
    assert (found["prod"].domain.zone_id is None) == (zone == "")
    assert found["dev"].domain is None


def test_routes_of_ones_own_are_found_beside_the_file(file: Path) -> None:
    (file.parent / "routes.py").write_text("ROUTES = ()\n")
    file.write_text("prod:\n  routes: routes.py\ndev:\n  routes: null\n")

    found = in_force(file)

    assert [found[stage].routes for stage in ("local", "dev", "prod")] == [
        LOCAL.routes,
        None,
        file.parent / "routes.py",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "all:\n  alarm_emial: ops@shop.example\n",
            "2: `alarm_emial` is not known in all. Did you mean `alarm_email`?",
        ),
        (
            "prd:\n  stream_shards: 4\n",
            "1: `prd` is no section: all, local, dev, prod. Did you mean `prod`?",
        ),
        (
            "staging:\n",
            "1: `staging` is no section: all, local, dev, prod. The stages on AWS are dev and prod.",
        ),
        ("production:\n", "1: `production` is no section: all, local, dev, prod. The stages on AWS are"),
        ("prod:\n  removal: RETAIN\n", "2: `removal` is called `keeps_data` now in prod."),
        ("all:\n  log_retention: 7\n", "2: `log_retention` is called `log_days` now in all."),
        ("removal: RETAIN\n", "1: `removal` stands in a section: all, local, dev, prod."),
        ("prod:\n  domain: x\n", "2: prod > domain: should be a mapping, `key: value`, not `x`."),
        ("stream_shards: 4\n", "1: `stream_shards` stands in a section: all, local, dev, prod."),
        ("prod:\n  stage: dev\n", "2: `stage` is no setting; it is `prod` here."),
        ("- prod\n", "1: has sections: all, local, dev, prod."),
        ("prod: 4\n", "1: `prod` has settings below it, `name: value`."),
        ("prod:\n  stream_shards: four\n", "2: prod > stream_shards: should be a whole number, not `four`."),
        (
            "prod:\n  stream_shards: 0\n",
            "2: prod > stream_shards: should be at least 1",
        ),
        ("prod:\n  stream_shards: 2.5\n", "2: prod > stream_shards: should be a whole number"),
        ('prod:\n  alarms: "yes"\n', "2: prod > alarms: write true"),
        ("prod:\n  log_days: 8\n", "2: prod > log_days: should be 1, 3, 5, 7, 14, 30"),
        ("prod:\n  stream_retention_hours: 169\n", "2: prod > stream_retention_hours: should be at most 168"),
        ("prod:\n  routes: routes.py\n", "2: prod > routes: there is no file"),
        (
            "all:\n  messages_per_second:\n    sms: 0\n",
            "3: all > messages_per_second > sms: should be more than 0",
        ),
        ("all:\n  messages_per_second:\n    fax: 1\n", "3: all > messages_per_second > fax: should be"),
        (
            "prod:\n  push:\n    - device: ios\n      platform: FCM\n      secret: x\n",
            "4: prod > push > 0 > platform: should be GCM, APNS or APNS_SANDBOX",
        ),
        (
            "prod:\n  push:\n    - device: ios\n      platform: APNS\n",
            "3: `secret` is missing in prod > push > 0",
        ),
        (
            "prod:\n  push: [{device: ios, platform: APNS, secret: null}]\n",
            "2: prod > push: on AWS each application needs a `secret`",
        ),
        (
            "local:\n  push: [{device: ios, platform: APNS, secret: null}, {device: ios, platform: APNS, secret: x}]\n",
            "2: local > push: two applications for one kind of device",
        ),
        ("all:\n  alarm_email: ops\n", "2: all > alarm_email: is not an email address"),
        ("all:\n  email_identity: shop\n", "2: all > email_identity: is neither a domain, such as"),
        ("prod:\n  api: REST\n", "2: prod > api: should be http or rest"),
        (f"prod:\n  web_acl: {WEB_ACL}\n", "2: prod > web_acl: an HTTP API does not support a WAF"),
        (
            f"all:\n  api: rest\nlocal:\n  web_acl: {WEB_ACL}\n",
            "4: local > web_acl: is not available on the laptop",
        ),
        (
            f"prod:\n  api: rest\n  web_acl: {WEB_ACL.replace('regional', 'global')}\n",
            "3: prod > web_acl: should be the ARN of a regional web ACL",
        ),
        (f"local:\n  domain: {{{DOMAIN}}}\n", "2: local > domain: is not available on the laptop"),
        (f"prod:\n  domain: {{{DOMAIN}, zone_id: Z1}}\n", "2: prod > domain: a hosted zone has both"),
        (
            f"prod:\n  domain: {{{DOMAIN}, zone_name: shop.example}}\n",
            "2: prod > domain: a hosted zone has both",
        ),
        (
            f"prod:\n  domain: {{{DOMAIN}, zone_id: Z1, zone_name: hop.example}}\n",
            "2: prod > domain: events.shop.example is not in the zone hop.example",
        ),
        (
            f"prod:\n  domain: {{{DOMAIN.replace('events', 'Events')}}}\n",
            "2: prod > domain > name: should be a host name",
        ),
        (
            "prod:\n  domain: {name: a.example, certificate: mine}\n",
            "2: prod > domain > certificate: should be the ARN of a cert",
        ),
        ("prod:\n  lake_days: 3\n  lake_days: 4\n", "3: `lake_days` occurs twice here, first in line 2"),
        ("prod: [\n", "2: not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(file: Path, text: str, said: str) -> None:
    (finding,) = said_of(file, text)

    assert finding.startswith(said)


def test_everything_that_is_wrong_is_told_at_once_and_each_thing_once(file: Path) -> None:
    findings = said_of(file, "all:\n  lake_days: -1\nprod:\n  stream_shards: x\ndev:\n  lake_day: 3\n")

    assert [finding.partition(":")[0] for finding in findings] == ["2", "4", "6"]


def test_the_error_names_the_file_and_the_line_as_an_editor_takes_them(file: Path) -> None:
    file.write_text("prod:\n  stream_shards: four\n")

    with pytest.raises(NotUsable, match=rf"^{file}:2: prod > stream_shards: "):
        in_force(file)


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(NotUsable, match=str(file)):
        in_force(file)


def test_the_file_that_the_environment_names_is_used(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("prod:\n  stream_shards: 4\n")
    other = file.with_name("other.yaml")
    other.write_text("prod:\n  stream_shards: 8\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(file))

    assert chosen("prod").stream_shards == 4
    assert chosen("prod", str(file)).stream_shards == 4
    with pytest.raises(SettingsError, match=f"two settings files are named: {file} by HEADRACE_SETTINGS"):
        chosen("prod", str(other))
    monkeypatch.delenv("HEADRACE_SETTINGS")
    assert chosen("prod", str(other)).stream_shards == 8


def test_a_stage_or_a_file_that_is_not_there_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADRACE_SETTINGS")
    with pytest.raises(SettingsError, match="no stage production; there are local, dev, prod"):
        chosen("production")
    with pytest.raises(SettingsError, match=f"no settings file {file}"):
        chosen("prod", str(file))
