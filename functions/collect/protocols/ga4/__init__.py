"""Google Analytics 4's Measurement Protocol, which servers and devices use beside gtag.

https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
"""

from functions.collect.protocols.ga4.access import authenticate
from functions.collect.protocols.ga4.answers import answer, refuse
from functions.collect.protocols.ga4.other_calls import consult
from functions.collect.protocols.ga4.reading import WORDS, again, parse
from functions.collect.protocols.ga4.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
