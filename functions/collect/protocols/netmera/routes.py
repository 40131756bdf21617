"""Every call has a path of its own, `/rest/3.0/<call>`, and the call's name is the path's last step."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Kind, Route

ROOT = "/rest/3.0/"

SENT = {
    "fireEvents": "Events of people, each with the person's extId and the event's name.",
    "registerUsers": "Devices of people, with their push tokens.",
    "setProfileAttributes": "Traits of people.",
    "unsetProfileAttributes": "Traits that people no longer have.",
    "pushProfileAttributes": "Values put into traits that are lists.",
    "pullProfileAttributes": "Values taken out of traits that are lists.",
    "deleteProfileAttributeValue": "A value taken out of one person's trait.",
    "tagUsers": "Tags given to people.",
    "untagUsers": "Tags taken from people.",
    "setCategoryPreferences": "Which categories of messages people want.",
    "enablePush": "Consent to push, of a person or by a device's token.",
    "disablePush": "Consent to push withdrawn, or one device that gets no more of it.",
    "enableMail": "Consent to email.",
    "disableMail": "Consent to email withdrawn.",
    "enableSms": "Consent to SMS.",
    "disableSms": "Consent to SMS withdrawn.",
    "enableWhatsApp": "Consent to WhatsApp.",
    "disableWhatsApp": "Consent to WhatsApp withdrawn.",
    "addEmail": "Addresses of people who have no id yet.",
    "addMsisdn": "Phone numbers of people who have no id yet.",
    "updateEmail": "A person's email address.",
    "removeEmail": "A person's email address, forgotten.",
    "updateMsisdn": "A person's phone number.",
    "removeMsisdn": "A person's phone number, forgotten.",
}

READ = {
    "getProfileAttributes": "The traits of a person.",
    "getCategoryPreferences": "Which categories of messages a person wants.",
    "getDevices": "The devices of a person.",
    "getDeviceTokens": "The push tokens of a person, page by page.",
}

INSTEAD = {
    "sendNotification": "messages are sent by campaigns: apply one that waits for an event, and fire that event",
    "sendBulkNotification": "messages are sent by campaigns of the workspace, to everybody whom their event concerns",
    "sendEmailAndSms": "messages are sent by campaigns: apply one that waits for an event, and fire that event",
    "createNotificationDefinition": "templates and campaigns are files of the workspace, brought in by headrace apply",
    "deleteProfileAttributes": "traits are removed person by person, with unsetProfileAttributes",
    "deleteUsersPermanently": "people are not deleted by a collect key",
}
"""Calls of Netmera that are answered with 404, and what to use."""


def _route(method: str, call: str, summary: str, kind: Kind = "events") -> Route:
    return Route(method, ROOT + call, call, summary, kind)


ROUTES = (
    *(_route("POST", call, summary) for call, summary in SENT.items()),
    *(_route("GET", call, summary, "private") for call, summary in READ.items()),
    *(_route("POST", call, f"Not here: {use}.", "open") for call, use in INSTEAD.items()),
)
