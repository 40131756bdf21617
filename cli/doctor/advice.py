"""What to do, as it can be typed for the stack that was examined. Probes write commands without saying where it is."""

from __future__ import annotations

import re

from cli.doctor.finding import Finding

PUT_BACK = "`headrace deploy --revert-drift` puts back what was changed by hand: docs/operating/access.md."
"""A deployment of the same template alone does not."""

COMMAND, OF_AWS = re.compile(r"`headrace ([^`]+)`"), re.compile(r"`aws ")

ON_THE_LAPTOP = {
    "`headrace deploy --revert-drift`": "`headrace destroy --yes && headrace up`",
    "`headrace deploy`": "`headrace up`",
}


def typed_for(finding: Finding, stage: str, endpoint: str | None) -> Finding:
    """The finding with its commands as they reach that stage; `endpoint` is the emulator's, on a laptop."""
    detail, do = finding.detail, finding.do
    if stage != "local":
        detail, do = (COMMAND.sub(rf"`headrace \1 --stage {stage}`", text) for text in (detail, do))
    for on_aws, here in ON_THE_LAPTOP.items() if stage == "local" else ():
        do = do.replace(on_aws, here)
    if endpoint:
        do = OF_AWS.sub(f"`aws --endpoint-url {endpoint} ", do)
    return finding._replace(detail=detail, do=do)
