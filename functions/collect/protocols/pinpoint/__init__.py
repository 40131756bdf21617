"""Amazon Pinpoint's events and endpoints, as its clients ask for them; the service itself ended on 2026-10-30.

https://docs.aws.amazon.com/pinpoint/latest/apireference/ (the model that ships in botocore is the same)
"""

from functions.collect.protocols.pinpoint.access import authenticate
from functions.collect.protocols.pinpoint.answers import answer, refuse
from functions.collect.protocols.pinpoint.other_calls import consult
from functions.collect.protocols.pinpoint.reading import WORDS, again, parse
from functions.collect.protocols.pinpoint.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
