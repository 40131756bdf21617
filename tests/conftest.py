"""For every test: settings of Hypothesis, and which tests meet a clock that nobody handed them."""

from __future__ import annotations

import functools
import gc
import os
from types import ModuleType

import botocore.session
import pytest
from hypothesis import HealthCheck, settings

os.environ["HEADRACE_SETTINGS"] = os.devnull
"""The defaults are tested, and the checkout's user may have settings of their own."""

botocore.session.create_loader = functools.cache(botocore.session.create_loader)
"""What botocore knows of AWS's services and regions is read once a process. Every test of an adapter begins with a
session of its own, and that reading was two thirds of what it cost."""

COLLECTING = gc.get_threshold()

MEET_THE_CLOCK = (
    "subprocess",
    "playwright",
    "tests.fakes.collect_server",
    "tests.fakes.pinpoint_shop",
    "tests.local",
    "ga4mp",
    "mparticle",
    "posthog",
    "rudderstack",
    "segment",
    "snowplow_tracker",
)
"""Whoever imports one of these starts a process, a browser or somebody's SDK: they look at the machine's clock."""

settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")
"""No test fails because the machine was busy."""

settings.register_profile(
    "hostile_bodies",
    max_examples=1_000 if os.environ.get("CI") else 5_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""For what anybody may send to the open port: many examples, each of them cheap. Fewer where every commit pays."""

settings.register_profile(
    "mangled_payloads",
    max_examples=300 if os.environ.get("CI") else 2_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""For each wire format's own requests, damaged."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`real_clock` is given, not asked for: nobody has to remember it."""
    met: dict[ModuleType, bool] = {}
    for item in items:
        module = getattr(item, "module", None)
        if isinstance(module, ModuleType):
            if module not in met:
                met[module] = _meets_the_clock(module)
            if met[module]:
                item.add_marker("real_clock")


def _meets_the_clock(module: ModuleType) -> bool:
    origins = {
        value.__name__ if isinstance(value, ModuleType) else str(getattr(value, "__module__", ""))
        for value in vars(module).values()
    }
    return any(_is_within(origin, package) for origin in origins for package in MEET_THE_CLOCK)


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: an archive has the time it was made in it, and workers must agree on the names."""
    return argname if isinstance(val, bytes) else None


def pytest_runtest_teardown() -> None:
    """Commands tell Python to look for circles of objects seldom: for their process, not for the tests after them."""
    gc.unfreeze()
    gc.set_threshold(*COLLECTING)
