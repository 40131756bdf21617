"""A lock of the operating system's that is held over a call to AWS would stop a simulation's one thread for ever."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]

HELD_OVER_NO_CALL = {
    "functions/sweep/pace.py",
    "functions/tee/vendor_client.py",
    "shared/aws/clients.py",
}
GIVEN = {"functions/sweep/sweep.py", "shared/aws/runtime.py"}
"""What is used unless a stage is given another."""


def test_stages_hold_no_lock_over_a_call_but_the_one_that_they_are_given() -> None:
    locking = {
        str(module.relative_to(ROOT))
        for part in ("functions", "shared")
        for module in (ROOT / part).rglob("*.py")
        if "threading.Lock" in module.read_text() or "threading.RLock" in module.read_text()
    }
    assert locking == HELD_OVER_NO_CALL | GIVEN
