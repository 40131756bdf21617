"""One object of a call of Netmera's REST API, or of the list that it may be.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import TypedDict


class Person(TypedDict, total=False):
    """Who is meant, and what is said of them: each call has a few of these fields."""

    extId: object
    email: object
    msisdn: object
    wpNumber: object
    deviceToken: object
    platform: object
    profile: object
    tags: object
    tag: object
    key: object
    value: object
    category: object
    enable: object
    channel: object
    extIds: object
    emailList: object
    msisdnList: object
    wpNumbers: object
