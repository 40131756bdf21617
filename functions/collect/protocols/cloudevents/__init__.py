"""CloudEvents 1.0 over HTTP: one in headers and body (binary), one in the body (structured), or many (batch).

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from functions.collect.protocols.cloudevents.access import authenticate
from functions.collect.protocols.cloudevents.answers import answer, refuse
from functions.collect.protocols.cloudevents.other_calls import consult
from functions.collect.protocols.cloudevents.reading import WORDS, again, parse
from functions.collect.protocols.cloudevents.routes import ROUTES

__all__ = ["ROUTES", "WORDS", "again", "answer", "authenticate", "consult", "parse", "refuse"]
