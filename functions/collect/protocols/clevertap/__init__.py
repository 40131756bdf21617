"""CleverTap: the REST upload, the web SDK, and the batches of its mobile SDKs.

https://developer.clevertap.com/docs/upload-events-api
https://developer.clevertap.com/docs/upload-user-profiles-api
https://github.com/CleverTap/clevertap-web-sdk
"""

from functions.collect.protocols.clevertap.access import authenticate
from functions.collect.protocols.clevertap.answers import answer, refuse
from functions.collect.protocols.clevertap.other_calls import consult
from functions.collect.protocols.clevertap.reading import again, parse
from functions.collect.protocols.clevertap.records import WORDS
from functions.collect.protocols.clevertap.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
