"""An event of the tracker protocol: parameters, all of them text.

https://docs.snowplow.io/docs/events/going-deeper/event-parameters/
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import TypedDict


class Parameters(TypedDict, total=False):
    """`co` and `ue_pr` are JSON, `cx` and `ue_px` JSON in base64. Times count milliseconds since 1970."""

    e: object
    eid: object
    aid: object
    tv: object
    p: object
    dtm: object
    stm: object
    ttm: object
    uid: object
    duid: object
    nuid: object
    tnuid: object
    sid: object
    ip: object
    ua: object
    lang: object
    tz: object
    url: object
    page: object
    refr: object
    co: object
    cx: object
    ue_pr: object
    ue_px: object
    se_ca: object
    se_ac: object
    se_la: object
    se_pr: object
    se_va: object
