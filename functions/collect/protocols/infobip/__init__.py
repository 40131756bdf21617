"""Infobip's People Events API, and what the app's Mobile Messaging SDK sends of events, users and installations.

https://www.infobip.com/docs/api/customer-engagement/people
https://github.com/infobip/mobile-messaging-sdk-android
"""

from functions.collect.protocols.infobip.access import authenticate
from functions.collect.protocols.infobip.answers import WORDS, answer, refuse
from functions.collect.protocols.infobip.other_calls import consult
from functions.collect.protocols.infobip.reading import again, parse
from functions.collect.protocols.infobip.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
