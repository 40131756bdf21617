"""The settings of a push application."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from infra.settings.domain import CHECKED


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class PushCredentials:
    """One SNS push application. `secret` names a secret in Secrets Manager that you created beforehand. It holds a JSON
    object of the attributes that SNS needs: `{"PlatformCredential": ..., "PlatformPrincipal": ...}`, and for Apple's
    tokens also `ApplePlatformTeamID` and `ApplePlatformBundleID`."""

    device: Literal["android", "ios"]
    platform: Literal["GCM", "APNS", "APNS_SANDBOX"]
    secret: str | None
    """None on the laptop only, where the emulator accepts a placeholder."""
    revision: int = 1
    """Raise it when the content of the secret changes. CloudFormation cannot see the content."""
