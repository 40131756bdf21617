"""CleverTap's records, and what its SDKs send, as their pages and sources have them.

https://developer.clevertap.com/docs/upload-events-api
https://developer.clevertap.com/docs/upload-user-profiles-api
https://developer.clevertap.com/docs/upload-device-tokens-api
https://github.com/CleverTap/clevertap-web-sdk
https://github.com/CleverTap/clevertap-android-sdk
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import Any, TypedDict

from functions.collect.adapter.wire_format import NoObject


class TokenData(TypedDict, total=False):
    """A push token of a device; `keys` are a browser's, which seal what is sent."""

    id: object
    type: object
    keys: object


class Record(TypedDict, total=False):
    """One of an upload's `d`. `ts` counts seconds since 1970; `type` is event, profile or token."""

    type: object
    identity: object
    objectId: object
    FBID: object
    GPID: object
    ts: object
    evtName: object
    evtData: object
    profileData: dict[str, Any] | NoObject
    tokenData: TokenData | NoObject


class Pushed(TypedDict, total=False):
    """An event or a profile as the SDKs of pages and of apps send it."""

    type: object
    evtName: object
    evtData: object
    profile: dict[str, Any] | NoObject


class WebCall(Pushed, total=False):
    """The web SDK's `d`, unpacked. `g` is the browser's id, `s` the second its session began."""

    g: object
    s: object
    cpg: object
    referrer: object
    us: object
    um: object
    uc: object
    action: object
    endpoint: object
    keys: object
    wzrk_error: object
    isOUL: object
    af: dict[str, Any] | NoObject


class AppToken(TypedDict, total=False):
    """A push token, and whether it was registered or unregistered: `action`."""

    action: object
    id: object
    type: object


class AppEvent(Pushed, total=False):
    """One entry of a mobile SDK's batch. `ep` counts seconds since 1970, `s` is the session."""

    ep: object
    s: object
    data: AppToken | NoObject
