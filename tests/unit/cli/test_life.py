"""The emulator's life as the commands see it, without an emulator."""

from __future__ import annotations

from cli.laptop import life, pollers, saving


def test_a_stop_waits_longer_than_all_that_it_may_wait_for() -> None:
    assert pollers.PATIENCE + 2 * saving.LONGEST < life.STOP_SECONDS
