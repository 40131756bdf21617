"""mParticle: its Events API for servers, its web SDK, and CleverTap's feed, which is an mParticle feed.

https://docs.mparticle.com/developers/apis/http/
https://docs.mparticle.com/developers/apis/json-reference/
https://docs.mparticle.com/integrations/clevertap/feed/
"""

from functions.collect.protocols.mparticle.access import authenticate
from functions.collect.protocols.mparticle.answers import WORDS, answer, refuse
from functions.collect.protocols.mparticle.other_calls import consult
from functions.collect.protocols.mparticle.reading import again, parse
from functions.collect.protocols.mparticle.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
