"""The Google Tag Manager template: that it is one, and that its own tests pass in a sandbox like Google's."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.browser.capture import ROOT

TEMPLATE = ROOT / "functions" / "collect" / "tag" / "gtm" / "headrace.tpl"
SANDBOX = ROOT / "tests" / "browser" / "gtm_sandbox.mjs"

SECTIONS = (
    "TERMS_OF_SERVICE", "INFO", "TEMPLATE_PARAMETERS", "SANDBOXED_JS_FOR_WEB_TEMPLATE", "WEB_PERMISSIONS", "TESTS",
    "NOTES",
)  # fmt: skip
"""In the order in which Tag Manager writes them."""

PERMISSIONS = {
    "createQueue": "access_globals", "injectScript": "inject_script", "isConsentGranted": "access_consent",
    "addConsentListener": "access_consent", "logToConsole": "logging",
}  # fmt: skip
"""Of the APIs that need one."""


@cache
def sections() -> dict[str, str]:
    parts = re.split(r"^___([A-Z_]+)___$", TEMPLATE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: text.strip() + "\n" for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def own_tests() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(sections()["TESTS"])
    return found


def in_the_sandbox(scenarios: list[dict[str, str]], **changed: Any) -> list[dict[str, Any]]:
    template = {
        "code": sections()["SANDBOXED_JS_FOR_WEB_TEMPLATE"],
        "permissions": json.loads(sections()["WEB_PERMISSIONS"]),
        "setup": "",
        "scenarios": scenarios,
        **changed,
    }
    done = subprocess.run(
        ["node", str(SANDBOX)],
        input=json.dumps(template),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@cache
def outcomes() -> dict[str, Any]:
    tests = own_tests()
    return {one["name"]: one["error"] for one in in_the_sandbox(tests["scenarios"], setup=tests["setup"])}


def test_the_template_has_tag_managers_sections_in_their_order() -> None:
    assert tuple(sections()) == SECTIONS
    info = json.loads(sections()["INFO"])
    assert (info["type"], info["containerContexts"]) == ("TAG", ["WEB"])


def test_the_code_reads_no_field_that_the_template_has_not() -> None:
    fields = {field["name"] for field in json.loads(sections()["TEMPLATE_PARAMETERS"])}
    read = set(re.findall(r"\bdata\.(\w+)", sections()["SANDBOXED_JS_FOR_WEB_TEMPLATE"]))

    assert read - {"gtmOnSuccess", "gtmOnFailure"} == fields


def test_the_permissions_are_those_that_the_code_needs() -> None:
    code = sections()["SANDBOXED_JS_FOR_WEB_TEMPLATE"]
    required = set(re.findall(r"require\('(\w+)'\)", code))
    granted = {one["instance"]["key"]["publicId"] for one in json.loads(sections()["WEB_PERMISSIONS"])}

    assert granted == {PERMISSIONS[api] for api in required if api in PERMISSIONS}


@pytest.mark.parametrize("name", [scenario["name"] for scenario in own_tests()["scenarios"]])
def test_the_templates_own_test_passes(name: str) -> None:
    assert outcomes()[name] is None


def test_a_scenario_that_does_not_hold_fails_here() -> None:
    wrong = {"name": "wrong", "code": "runCode(loading); assertThat(calls).hasLength(7);"}
    (outcome,) = in_the_sandbox([wrong], setup=own_tests()["setup"])

    assert "has not length 7" in outcome["error"]


LOADING = {
    "call": "init", "host": "https://events.shop.example", "writeKey": "k1", "consent": "mode", "pages": True,
    "collectors": True,
}  # fmt: skip


def test_without_mocks_the_permissions_are_enough() -> None:
    code = f"runCode({json.dumps(LOADING)}); runCode({{call: 'track', event: 'T'}});"
    (outcome,) = in_the_sandbox([{"name": "real", "code": code}])

    assert outcome["error"] is None
    assert [call[0] for call in outcome["queue"]] == ["init", "track"]
    assert outcome["injected"] == ["https://events.shop.example/flow.js"]


@pytest.mark.parametrize("missing", sorted(set(PERMISSIONS.values()) - {"logging"}))
def test_no_permission_is_idle(missing: str) -> None:
    granted = json.loads(sections()["WEB_PERMISSIONS"])
    fewer = [one for one in granted if one["instance"]["key"]["publicId"] != missing]
    (outcome,) = in_the_sandbox(
        [{"name": "fewer", "code": f"runCode({json.dumps(LOADING)})"}], permissions=fewer
    )

    assert missing in outcome["error"]


def test_a_host_without_https_is_a_failure() -> None:
    loading = {**LOADING, "host": "http://events.shop.example"}
    code = f"runCode({json.dumps(loading)}); assertApi('gtmOnFailure').wasCalled();"
    (outcome,) = in_the_sandbox([{"name": "http", "code": code}])

    assert outcome["error"] is None
    assert outcome["injected"] == []
