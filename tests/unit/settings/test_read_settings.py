"""A setting does something: a construct reads it. What is only declared and shown promises what nobody does."""

from __future__ import annotations

import re
from dataclasses import fields

from cli.checkout import ROOT
from infra.settings.model import Settings


def test_every_setting_is_read_by_a_construct() -> None:
    infra = ROOT / "infra"
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for file in infra.rglob("*.py")
        if file.parent.name != "settings" or file.name == "model.py"
    )
    unread = [
        field.name for field in fields(Settings) if not re.search(rf"(settings|self)\.{field.name}\b", code)
    ]

    assert not unread, f"no construct reads {unread}"
