"""Netmera's REST API, version 3.0. Its SDKs speak a format of their own, which is not public.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/events
"""

from functions.collect.protocols.netmera.access import authenticate
from functions.collect.protocols.netmera.answers import answer, refuse
from functions.collect.protocols.netmera.other_calls import consult
from functions.collect.protocols.netmera.reading import WORDS, again, parse
from functions.collect.protocols.netmera.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
