"""What the parts of a workspace say of each other: campaigns of events, properties, templates and webhooks.

An error here is a campaign that can never work. `apply` refuses it; silence would only show weeks later.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.checks.campaigns import of_campaign
from shared.authoring.checks.template_texts import of_template
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.stored.current_workspace import DEFAULT_SOURCE


def check(compiled: Compiled) -> list[Finding]:
    """Every reference that leads nowhere, in the order of the files."""
    workspace = compiled.workspace
    found = [*_shared_credentials(compiled), *_public_default(compiled)]
    found += [finding for template in workspace.templates for finding in of_template(template, compiled)]
    for campaign in workspace.campaigns:
        found += of_campaign(campaign, compiled)
    return found


def _shared_credentials(compiled: Compiled) -> Iterator[Finding]:
    """A credential says whose events come: it belongs to one source."""
    owners: dict[str, str] = {}
    for source in compiled.workspace.sources:
        for digest in source.key_hashes:
            owner = owners.setdefault(digest, source.id)
            if owner != source.id:
                yield Finding(
                    compiled.place("sources", source.id, "accepts"),
                    "shared_credential",
                    "error",
                    f"sources `{source.id}` and `{owner}` accept the same credential",
                    "Keep it in one of them: it decides the trust and the policy of their events.",
                    (compiled.place("sources", owner, "accepts"),),
                )


def _public_default(compiled: Compiled) -> Iterator[Finding]:
    """The key of the source `default` was made with the stack, and the doctor's keys follow from it: no page has it."""
    source = compiled.workspace.source_by_id.get(DEFAULT_SOURCE)
    if source is not None and source.trust == "browser":
        yield Finding(
            compiled.place("sources", source.id, "trust"),
            "public_default",
            "error",
            f"source `{source.id}` has the key that was created with the stack, which is for servers",
            "Give the browser's source another id, so that it gets its own key.",
        )
