"""What is simulated is the stack as it is synthesised now."""

from __future__ import annotations

from infra import topology
from tests.infra.template import Template


def test_the_simulations_topology_is_what_the_stack_synthesises(prod: Template) -> None:
    assert prod.settings.stage == topology.STAGE
    assert topology.FILE.read_text() == topology.text(prod.body), "write it again: make topology"
