"""The probes, in the order of the table. To add one: a function in the module of its family, a line there, a row in
docs/doctor.md, and what it asks of AWS in `permissions`."""

from __future__ import annotations

from cli.doctor import accounts, bodies, kept, requests, services, stages
from cli.doctor.examination import Probe


def probes(*, with_message: bool) -> list[Probe]:
    return [
        *bodies.probes(),
        *requests.probes(),
        *stages.probes(with_message=with_message),
        *kept.probes(),
        *services.probes(),
        *accounts.probes(),
    ]
