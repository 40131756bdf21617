"""Secrets Manager: versions of a secret, and the labels that say which is current.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
"""

from __future__ import annotations

import random
from typing import Any

from simulation.aws.calls import Answer, AwsError, Call, arn, only, unknown_operation

CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"

LARGEST = 65_536
"""Bytes: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"""


class Secret:
    """`labels`: staging label → version."""

    def __init__(self, name: str, text: str, version: str, suffix: str) -> None:
        self.name, self.arn = name, arn("secretsmanager", f"secret:{name}-{suffix}")
        self.versions = {version: text}
        self.labels = {CURRENT: version}


class Secrets:
    """`shared.aws.secrets` asks it."""

    def __init__(self, *, draw: random.Random) -> None:
        self._draw = draw
        self._secrets: dict[str, Secret] = {}

    def create(self, name: str, text: str) -> str:
        """Its ARN."""
        secret = Secret(name, text, self._version(), f"{self._draw.getrandbits(24):06x}")
        self._secrets[name] = secret
        return secret.arn

    def current(self, name: str) -> str:
        """The text, by name or ARN."""
        secret = self._secret(name)
        return secret.versions[secret.labels[CURRENT]]

    def put(self, name: str, text: str) -> None:
        """A new current version."""
        secret = self._secret(name)
        version = self._version()
        secret.versions[version] = text
        _move(secret, CURRENT, version)

    def answer(self, call: Call) -> Answer:
        match call.operation:
            case "GetSecretValue":
                only(call, frozenset({"SecretId", "VersionStage"}))
                return self._get(call.asked)
            case "PutSecretValue":
                only(call, frozenset({"SecretId", "SecretString", "VersionStages", "ClientRequestToken"}))
                return self._put(call.asked)
            case "UpdateSecretVersionStage":
                only(call, frozenset({"SecretId", "VersionStage", "MoveToVersionId", "RemoveFromVersionId"}))
                return self._label(call.asked)
        raise unknown_operation(call)

    def _get(self, asked: dict[str, Any]) -> Answer:
        secret = self._secret(asked["SecretId"])
        label = asked.get("VersionStage", CURRENT)
        version = secret.labels.get(label)
        if version is None:
            raise AwsError(
                "ResourceNotFoundException",
                f"Secrets Manager can't find the specified secret value for staging label: {label}",
            )
        labels = [one for one, of in secret.labels.items() if of == version]
        return {
            "ARN": secret.arn,
            "Name": secret.name,
            "VersionId": version,
            "SecretString": secret.versions[version],
            "VersionStages": labels,
        }

    def _put(self, asked: dict[str, Any]) -> Answer:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""
        secret, text = self._secret(asked["SecretId"]), asked["SecretString"]
        if not 1 <= len(text.encode()) <= LARGEST:
            raise AwsError("ValidationException", f"Member must have length less than or equal to {LARGEST}")
        version = asked.get("ClientRequestToken") or self._version()
        labels = asked.get("VersionStages") or [CURRENT]
        if secret.versions.get(version, text) != text:
            raise AwsError("ResourceExistsException", "The token is that of a version with another value.")
        if version not in secret.versions:
            secret.versions[version] = text
            for label in labels:
                _move(secret, label, version)
        return {"ARN": secret.arn, "Name": secret.name, "VersionId": version, "VersionStages": labels}

    def _label(self, asked: dict[str, Any]) -> Answer:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html"""
        secret, label = self._secret(asked["SecretId"]), asked["VersionStage"]
        holder, removed, to = (
            secret.labels.get(label),
            asked.get("RemoveFromVersionId"),
            asked.get("MoveToVersionId"),
        )
        if to is not None and to not in secret.versions:
            raise AwsError(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret version."
            )
        if holder is not None and holder not in (removed, to):
            raise AwsError(
                "InvalidParameterException",
                f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to "
                f"version {holder}, so you must explicitly reference that version in RemoveFromVersionId.",
            )
        if holder is None and removed is not None:
            raise AwsError(
                "InvalidParameterException", f"The staging label {label} is not attached to {removed}."
            )
        if to is not None:
            _move(secret, label, to)
        return {"ARN": secret.arn, "Name": secret.name}

    def _secret(self, id: str) -> Secret:
        found = self._secrets.get(id) or next((one for one in self._secrets.values() if one.arn == id), None)
        if found is None:
            raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return found

    def _version(self) -> str:
        return f"{self._draw.getrandbits(128):032x}"


def _move(secret: Secret, label: str, version: str) -> None:
    """The version that was current is the previous one then."""
    before = secret.labels.get(label)
    if label == CURRENT and before is not None and before != version:
        secret.labels[PREVIOUS] = before
    secret.labels[label] = version
