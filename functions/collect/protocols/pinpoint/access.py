"""The signature of a source's key pair; else an app id, which anybody may know, or a write key.

Apps sign with Cognito's temporary credentials, which nobody but AWS can verify: they are known by their app id alone.
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import Refused
from shared.plan.reasons import Code
from shared.workspace.collecting import Source

SERVICE = "mobiletargeting"
"""The name Pinpoint's requests are signed for."""


def authenticate(call: Call, sources: Sources) -> Source | None:
    """What reads or removes people is done only for a signature. So is everything of a source that holds a key pair:
    its app id must not be a way round."""
    signed = sources.signed(call.request, _steps(call), SERVICE)
    if signed is not None:
        return signed
    source = sources.of((call.request.headers.get("x-api-key"), call.parameters.get("app")))
    if source is None:
        return None
    if source.key_pair:
        raise Refused(
            403,
            "not_signed",
            f"requests of source {source.id} must be signed with its key pair, and this is not",
        )
    if call.route.kind == "private":
        raise Refused(
            403,
            Code.NOT_TRUSTED,
            "endpoints are read and deleted only by requests that a source's key pair signed",
        )
    return source


def _steps(call: Call) -> list[str]:
    """The path's steps, decoded: parameters may hold slashes of their own."""
    steps = call.route.path.split("/")[1:]
    return [call.parameters[step[1:-1].removesuffix("+")] if step.startswith("{") else step for step in steps]
