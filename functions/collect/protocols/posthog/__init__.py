"""PostHog's capture API, as its SDKs and its documentation speak it, and what its SDKs ask before they send.

https://posthog.com/docs/api/capture
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import WireFormat
from functions.collect.protocols.posthog.access import authenticate
from functions.collect.protocols.posthog.answers import answer, refuse
from functions.collect.protocols.posthog.other_calls import answer_other_call
from functions.collect.protocols.posthog.reading import WORDS, again, parse
from functions.collect.protocols.posthog.routes import ROUTES

FORMAT = WireFormat(
    name="posthog",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
