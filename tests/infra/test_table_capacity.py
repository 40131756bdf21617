"""Tables whose capacity is planned: bounds, scaled between by DynamoDB, of their indexes too; nothing else changes."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from infra.settings.capacity import Capacity, TableName
from infra.settings.stages import PROD
from tests.infra.template import Template, synthesised

PROFILES = Capacity(least_writes=25, most_writes=1_000, least_reads=10, most_reads=500)
SCALED = "AWS::ApplicationAutoScaling::ScalableTarget"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """prod with planned capacity for the profiles and the message log."""
    capacity: dict[TableName, Capacity] = {
        "profiles": PROFILES,
        "messages": Capacity(most_writes=50, most_reads=40),
    }
    return synthesised(replace(PROD, table_capacity=capacity), tmp_path_factory.mktemp("planned"))


def test_the_checks_find_nothing_in_it(planned: Template) -> None:
    assert planned.findings == []


def test_no_target_plans_capacity_by_itself(template: Template) -> None:
    assert template.all(SCALED) == {}
    for name, table in template.properties("AWS::DynamoDB::Table").items():
        assert table["BillingMode"] == "PAY_PER_REQUEST", name


def test_a_table_and_each_of_its_indexes_scale_between_the_bounds(planned: Template) -> None:
    """An index without capacity throttles the writes of its table."""
    bounds = {
        (_named(one["ResourceId"]), one["ScalableDimension"].rpartition(":")[2]): (
            one["MinCapacity"],
            one["MaxCapacity"],
        )
        for one in planned.properties(SCALED).values()
    }
    writes, reads = "WriteCapacityUnits", "ReadCapacityUnits"

    assert bounds == {
        **{(of, writes): (25, 1_000) for of in ("Profiles", "Profiles/index/due")},
        **{(of, reads): (10, 500) for of in ("Profiles", "Profiles/index/due")},
        **{
            (of, kind): (1, most)
            for of in ("Messages", "Messages/index/of_person", "Messages/index/of_day")
            for kind, most in ((writes, 50), (reads, 40))
        },
    }
    policies = planned.properties("AWS::ApplicationAutoScaling::ScalingPolicy").values()
    aims = {one["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for one in policies}
    assert (len(policies), aims) == (len(bounds), {70})


def _named(resource: Any) -> str:
    """`table/<name>` or `table/<name>/index/<name>`, with the construct's name for the table's."""
    _, reference, *index = resource["Fn::Join"][1]
    return str(reference["Ref"]).removeprefix("Tables")[:8] + "".join(index)


def test_it_begins_at_the_least_and_the_others_stay_on_demand(planned: Template) -> None:
    tables = planned.properties("AWS::DynamoDB::Table")
    begins = {
        name.removeprefix("Tables")[:8]: [
            one["ProvisionedThroughput"] for one in (table, *table.get("GlobalSecondaryIndexes", ()))
        ]
        for name, table in tables.items()
        if "BillingMode" not in table  # CloudFormation's word for planned capacity
    }

    assert begins == {
        "Profiles": [{"ReadCapacityUnits": 10, "WriteCapacityUnits": 25}] * 2,
        "Messages": [{"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}] * 3,
    }
    assert sum(table.get("BillingMode") == "PAY_PER_REQUEST" for table in tables.values()) == 4


def test_nothing_else_of_a_table_changes_so_that_it_is_kept_and_not_replaced(
    planned: Template, prod: Template
) -> None:
    def without_capacity(template: Template) -> dict[str, Any]:
        tables = copy.deepcopy(template.all("AWS::DynamoDB::Table"))
        for made in tables.values():
            for one in (made["Properties"], *made["Properties"].get("GlobalSecondaryIndexes", ())):
                one.pop("ProvisionedThroughput", None)
                one.pop("BillingMode", None)
        return tables

    assert without_capacity(planned) == without_capacity(prod)
