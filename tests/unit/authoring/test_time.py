"""What campaigns can do about time is said where somebody asks for more, and what the page promises holds."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.authoring.compiling import compile_folder
from shared.authoring.files.not_yet import ADVICE, NOT_YET
from shared.authoring.lint import lint
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did
from tests.unit.conftest import WriteFiles

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "workspace.md").read_text(encoding="utf-8")
IDLE = timedelta(minutes=30)

CAMPAIGN = """
    campaigns:
      cart:
        event: Add To Cart
        channel: email
        template: cart
        {line}
"""
TEMPLATES = """
    templates:
      cart:
        channel: email
        subject: Your cart
        text: It waits.
"""
SHOP = {
    "workspace.yaml": "name: test\nsettings: {email: {sender: a@shop.example}}\n",
    "plan.yaml": "catalogues: [ecommerce]\n",
    "templates.yaml": TEMPLATES,
}


@pytest.mark.parametrize("key", NOT_YET)
def test_a_key_for_what_is_not_there_yet_is_told_so(folder: WriteFiles, key: str) -> None:
    [finding] = lint(folder({**SHOP, "campaigns.yaml": CAMPAIGN.format(line=f"{key}: 10m")}))

    assert finding.severity == "error"
    assert finding.place.line == 7
    assert finding.message == f"`{key}` is not known in campaigns > cart: {NOT_YET[key]}"
    assert "docs/workspace.md#time" in str(finding.advice)
    assert NOT_YET[key] not in ADVICE or "Session Concluded" in str(finding.advice)


def test_the_same_key_elsewhere_is_only_unknown(folder: WriteFiles) -> None:
    found = lint(folder({**SHOP, "campaigns.yaml": CAMPAIGN.format(line="where: {delay: 5}")}))

    assert not any("no delay yet" in finding.message for finding in found)
    assert found


def test_the_page_that_is_named_has_the_part() -> None:
    assert re.search(r"^### Time$", PAGE, re.MULTILINE)
    assert "There is no delay yet" in PAGE
    assert "at the right moment" not in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def cart_left(folder: WriteFiles) -> Workspace:
    """The campaign as the page has it."""
    [example] = re.findall(r"^```yaml\n(campaigns:\n  cart-left:.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    template = TEMPLATES.replace("cart:", "cart-left:")
    made = folder({**SHOP, "templates.yaml": template, "campaigns.yaml": example})
    assert lint(made) == []
    return compile_folder(made).workspace


def asked(person: Person) -> list[str]:
    assert person.outcome is not None
    return [request.campaign for request in person.outcome.decisions.requests]


def test_who_leaves_with_something_in_the_cart_is_written_to_after_the_session(cart_left: Workspace) -> None:
    ann = Person(cart_left)
    ann.does(did("Add To Cart"))
    assert asked(ann) == []

    ann.does(did("View Item", at=NOON + IDLE))

    assert asked(ann) == ["cart-left"]


def test_who_bought_or_put_nothing_in_is_not(cart_left: Workspace) -> None:
    bought, looked = Person(cart_left), Person(cart_left, "user:u2")
    bought.does(did("Add To Cart"), did("Complete Purchase", at=NOON + timedelta(minutes=1)))
    looked.does(did("View Item", user_id="u2"))

    for person, user in ((bought, "u1"), (looked, "u2")):
        person.does(did("View Item", at=NOON + 2 * IDLE, user_id=user))
        assert "Session Concluded" in [name for name, _ in person.said]
        assert asked(person) == []
