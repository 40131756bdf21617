"""User.com, formerly UserEngage: its REST API, and what its SDK for apps sends.

https://apidocs.user.com/
"""

from functions.collect.protocols.user_com.access import authenticate
from functions.collect.protocols.user_com.answers import answer, refuse
from functions.collect.protocols.user_com.other_calls import consult
from functions.collect.protocols.user_com.reading import WORDS, again, parse
from functions.collect.protocols.user_com.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
