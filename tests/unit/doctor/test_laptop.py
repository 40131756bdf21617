"""A laptop's workspace that older code applied comes to know the doctor, once."""

from __future__ import annotations

from typing import cast

import pytest

from cli.applying.first_workspace import introduce_doctor
from cli.applying.stores import Stores
from shared import doctor
from shared.aws.secrets import StackSecret
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.ports.workspaces import StackSecrets
from shared.workspace.model import Source, Workspace
from simulation.ports.secrets import FakeSecrets
from simulation.ports.workspaces import FakeWorkspaces

SHOP = Workspace(version=1, sources=(Source(id="web", name="Web", trust="browser"),))


@pytest.mark.parametrize("known", [None, doctor.source({"default_write_key": "hr_of_before"})])
def test_a_workspace_without_the_doctors_source_or_with_an_older_key_gets_it(known: Source | None) -> None:
    workspaces = FakeWorkspaces(SHOP.model_copy(update={"doctor": known}))
    secret = FakeSecrets({"default_write_key": "hr_default"})
    secrets = StackSecrets(cast("StackSecret", secret), cast("StackSecret", FakeSecrets()))
    stores = Stores(cast("DynamoWorkspaces", workspaces), secrets)
    for _ in range(2):
        introduce_doctor(stores)
        assert workspaces.latest_version() == 2
    now = workspaces.load(2)
    assert now.doctor == doctor.source({"default_write_key": "hr_default"})
    assert now.sources == SHOP.sources
