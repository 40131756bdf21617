from pathlib import Path
from typing import get_args

import pytest

from shared.authoring.catalogues import catalogue, events, together
from shared.authoring.checks.operand_types import contradiction
from shared.authoring.compiling import compile_folder
from shared.authoring.files.models.plan import CatalogueName
from shared.authoring.lint import lint
from shared.plan.reasons import Code
from shared.plan.tracking_plan import Plan
from shared.workspace import snapshot
from tests.unit.conftest import WriteFiles

SHOP = Path(__file__).parents[3] / "examples" / "shop"
NAMES: tuple[CatalogueName, ...] = get_args(CatalogueName)

PROMISED: dict[CatalogueName, set[str]] = {
    "ecommerce": {
        "Registration", "Login", "Add To Cart", "Start Checkout", "Complete Purchase", "Remove From Cart",
        "View Category", "Add To Wish List", "View Item", "Search", "View Promotion",
    },
    "delivery": {
        "Registration", "Login", "Search", "View Category", "View Restaurant", "Add To Cart", "Remove From Cart",
        "Start Checkout", "Complete Payment", "Rate Order",
    },
    "banking": {
        "View Mortgage Page", "Filled Mortgage Form", "Registered", "Login To Web", "Install Mobile App",
        "Loan Preapproved", "Payment Overdue", "Viewed Insurance Offer", "Insurance Renewed",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_a_catalogue_has_exactly_the_events_promised(name: CatalogueName) -> None:
    assert set(events(catalogue(name))) == PROMISED[name]


def test_the_media_catalogue_has_the_events_of_its_industry() -> None:
    assert {"Play Song", "Watch Video", "Share", "Complete Profile"} <= set(events(catalogue("media")))


@pytest.mark.parametrize("name", NAMES)
def test_a_catalogue_explains_every_event_and_property(name: CatalogueName) -> None:
    for event_id, event in events(catalogue(name)).items():
        assert event.name, event_id
        assert event.description, event_id
        assert all(one.description for one in event.properties.values()), event_id


@pytest.mark.parametrize("name", NAMES)
def test_a_catalogue_passes_lint_when_included(folder: WriteFiles, name: str) -> None:
    assert lint(folder(plan_yaml=f"catalogues: [{name}]")) == []


def test_all_catalogues_together_pass_lint(folder: WriteFiles) -> None:
    assert lint(folder(plan_yaml=f"catalogues: [{', '.join(NAMES)}]")) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "banking"])
def test_a_catalogues_own_file_passes_lint_as_a_plan(folder: WriteFiles, name: CatalogueName) -> None:
    path = SHOP.parents[1] / "shared" / "catalogues" / f"{name}.yaml"

    assert lint(folder({"plan.yaml": path.read_text(encoding="utf-8")})) == []


@pytest.mark.parametrize("name", NAMES)
def test_definitions_survive_the_snapshot(folder: WriteFiles, name: str) -> None:
    workspace = compile_folder(folder(plan_yaml=f"catalogues: [{name}]")).workspace

    assert snapshot.decode(snapshot.encode(workspace), workspace.version) == workspace


def test_the_catalogue_named_first_wins_where_two_define_a_property() -> None:
    first = together(["ecommerce", "delivery"])["Add To Cart"][0]
    other = together(["delivery", "ecommerce"])["Add To Cart"][0]

    assert first.properties["item_id"] == events(catalogue("ecommerce"))["Add To Cart"].properties["item_id"]
    assert set(first.properties) == set(other.properties)


def test_the_sample_shop_has_no_findings() -> None:
    assert lint(SHOP) == []


def test_the_sample_shop_has_the_three_sources() -> None:
    sources = compile_folder(SHOP).workspace.source_by_id

    assert {key: (source.trust, source.policy) for key, source in sources.items()} == {
        "strict": ("server", "strict"),
        "lenient": ("server", "lenient"),
        "browser": ("browser", "lenient"),
    }
    assert sources["browser"].origins


def test_the_sample_shop_sends_what_the_readme_says() -> None:
    workspace = compile_folder(SHOP).workspace

    assert {(one.event, one.channel) for one in workspace.campaigns} == {
        ("Registration", "email"),
        ("Add To Cart", "push"),
        ("Complete Purchase", "sms"),
    }
    assert workspace.settings.sms.allowed_prefixes == ("+1",)
    assert workspace.settings.sms.daily_spend_usd >= 1000


def test_a_purchase_needs_an_amount_and_a_currency() -> None:
    plan = Plan(compile_folder(SHOP).workspace)

    def codes(**properties: object) -> list[tuple[Code, str]]:
        _, reasons = plan.check("Complete Purchase", "track", properties, "strict")
        return [(reason.code, reason.field) for reason in reasons]

    assert codes(amount=1500, currency="USD") == []
    assert codes(amount=1500) == [(Code.MISSING_PROPERTY, "properties.currency")]
    assert codes(amount="much", currency="USD") == [(Code.WRONG_TYPE, "properties.amount")]
    assert codes(amount=-1, currency="USD") == [(Code.VALUE_NOT_ALLOWED, "properties.amount")]
    assert codes(amount=1, currency="dollars") == [(Code.VALUE_NOT_ALLOWED, "properties.currency")]


def test_the_sample_condition_fits_the_plan() -> None:
    purchase = compile_folder(SHOP).workspace.definition_by_id["Complete Purchase"].properties

    assert contradiction(purchase["amount"], "at_least", 1000, False) is None
    assert contradiction(purchase["currency"], "at_least", 1000, False) is not None
