"""What may have been meant is a name that is nearly the same, and nothing where there is none."""

from __future__ import annotations

import pytest

from shared.text.spelling import closest

VERBS = ("up", "lint", "init", "apply", "messages")
EVENTS = ("Complete Purchase", "UTM Visited", "Session Concluded", "signup_source", "crm", "page")


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("inti", VERBS, "init"),
        ("Apply", VERBS, "apply"),
        ("aply", VERBS, "apply"),
        ("frobnicate", VERBS, None),
        ("", VERBS, None),
        ("sign_up_source", EVENTS, "signup_source"),
        ("signupSource", EVENTS, "signup_source"),
        ("complete purchase", EVENTS, "Complete Purchase"),
        ("Purchase Complete", EVENTS, None),
        ("Customer Registered", EVENTS, None),
        ("crn", EVENTS, "crm"),
        ("erp", EVENTS, None),
        ("pages", EVENTS, "page"),
        ("page", EVENTS, "page"),
        ("x", (), None),
    ],
)
def test_the_nearest_name_was_meant_if_any(name: str, known: tuple[str, ...], meant: str | None) -> None:
    assert closest(name, known) == meant
