"""Settings of Hypothesis for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "hostile_bodies",
    max_examples=1_000 if os.environ.get("CI") else 10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""For what anybody may send to the open port: many examples, each of them cheap. Fewer where every commit pays."""

settings.register_profile(
    "mangled_payloads",
    max_examples=300 if os.environ.get("CI") else 5_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""For each wire format's own requests, damaged."""
