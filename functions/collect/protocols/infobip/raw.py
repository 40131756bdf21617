"""Infobip's custom events, as servers send them, and the calls of its Mobile Messaging SDK.

https://www.infobip.com/docs/api/customer-engagement/people/send-custom-event
https://github.com/infobip/mobile-messaging-sdk-android
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import TypedDict

from functions.collect.adapter.wire_format import NoObject


class Identifier(TypedDict, total=False):
    """Of a person: `type` is EXTERNAL_ID, EMAIL, PHONE or a channel."""

    id: object
    type: object
    sender: object


class CustomEvent(TypedDict, total=False):
    """`identifier`, `definitionId` and `occurredTime` are a batch's; a single event has them in its path and query."""

    definitionId: object
    occurredTime: object
    eventId: object
    properties: object
    personIdentifierType: object
    identifier: Identifier | NoObject


class Session(TypedDict, total=False):
    """A part of ours of a request: a session's start, or its end with the start it belongs to, or what the app is."""

    sessionStart: object
    sessionEnd: object
    systemData: object


class SdkEvent(TypedDict, total=False):
    """An event of the app. `date` is ISO 8601."""

    definitionId: object
    date: object
    properties: object


class User(TypedDict, total=False):
    """The person who uses the app. `emails` and `phones` are lists of objects."""

    externalUserId: object
    firstName: object
    lastName: object
    middleName: object
    birthday: object
    gender: object
    tags: object
    type: object
    emails: object
    phones: object
    customAttributes: object


class Personalization(TypedDict, total=False):
    """Who uses the app from now on, and what is known of them."""

    userIdentity: User | NoObject
    userAttributes: User | NoObject
