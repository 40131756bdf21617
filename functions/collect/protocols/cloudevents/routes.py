"""Senders are given a URL: one with a path of its own, or the bare host."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route
from functions.collect.protocols.cloudevents.modes import events_of

SUMMARY = "CloudEvents, in binary, structured or batched mode."

ROUTES = tuple(Route("POST", path, "events", SUMMARY, document=events_of) for path in ("/cloudevents", "/"))
