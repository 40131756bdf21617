"""The probes, in the order of the table: what may be the cause first, then what would only follow from it.

To add one: a function in the module of its family, a line here, a row in docs/doctor.md, and what it asks of AWS in
`permissions`.
"""

from __future__ import annotations

from cli.doctor import accounts, bodies, kept, requests, services, stages
from cli.doctor.applied import workspace
from cli.doctor.consumers import consumers
from cli.doctor.examination import Probe
from cli.doctor.keys import keys
from cli.doctor.put_aside import put_aside
from cli.doctor.rules import rules_of_the_stack

CAUSE_SECONDS = 40
"""As long as a service of AWS is given to answer, three times over; all of them are asked at once."""

CAUSES = {
    "stream": services.stream,
    "consumers": consumers,
    "stream lag": services.lag,
    "rules": rules_of_the_stack,
    "delivery stream": services.delivery,
    "workspace": workspace,
    "keys": keys,
    "dead letters": put_aside,
    "Lambda concurrency": services.functions,
    "email identity": accounts.identity,
    "email account": accounts.email,
    "SMS account": accounts.sms,
}


def probes(*, with_message: bool) -> list[Probe]:
    return [
        *(Probe(name, examine, CAUSE_SECONDS, finds_causes=True) for name, examine in CAUSES.items()),
        *bodies.probes(),
        *requests.probes(),
        *stages.probes(with_message=with_message),
        *kept.probes(),
    ]
