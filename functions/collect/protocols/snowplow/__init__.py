"""Snowplow's tracker protocol 2, as its trackers speak it: batches by POST, single events by a pixel.

https://docs.snowplow.io/docs/events/http-requests/
"""

from functions.collect.protocols.snowplow.access import authenticate
from functions.collect.protocols.snowplow.answers import answer, refuse
from functions.collect.protocols.snowplow.other_calls import consult
from functions.collect.protocols.snowplow.reading import WORDS, again, parse
from functions.collect.protocols.snowplow.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
