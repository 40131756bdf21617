"""A CloudEvent in its JSON form, with the extensions that name a person.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import Any, TypedDict


class CloudEvent(TypedDict, total=False):
    """`datacontentencoding` is of version 0.3, `userid` and `anonymousid` are extensions of ours. Any other is kept."""

    id: object
    source: object
    specversion: object
    type: object
    subject: object
    time: object
    datacontenttype: object
    dataschema: object
    data: Any
    data_base64: Any
    datacontentencoding: object
    userid: object
    anonymousid: object
