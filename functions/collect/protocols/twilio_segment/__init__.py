"""Twilio Segment's HTTP Tracking API, which is Headrace's own as well; RudderStack's SDKs speak it too.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
https://www.rudderstack.com/docs/api/http-api/
"""

from functions.collect.protocols.twilio_segment.access import authenticate
from functions.collect.protocols.twilio_segment.answers import answer, refuse
from functions.collect.protocols.twilio_segment.other_calls import consult
from functions.collect.protocols.twilio_segment.reading import WORDS, again, parse
from functions.collect.protocols.twilio_segment.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
