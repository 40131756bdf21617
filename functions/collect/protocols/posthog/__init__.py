"""PostHog's capture API, as its SDKs and its documentation speak it, and what its SDKs ask before they send.

https://posthog.com/docs/api/capture
"""

from functions.collect.protocols.posthog.access import authenticate
from functions.collect.protocols.posthog.answers import answer, refuse
from functions.collect.protocols.posthog.other_calls import consult
from functions.collect.protocols.posthog.reading import WORDS, again, parse
from functions.collect.protocols.posthog.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
