"""`campaigns.yaml`: on which event what is sent, and to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from shared.authoring.files.models.authored import Authored, EventId, Id, unreserved
from shared.messaging.channels import CHANNELS, Channel
from shared.messaging.messages import LONGEST_WAIT

RECEIVER_KEYS: dict[str, list[str]] = {}
"""Channels by the key with which their campaigns name a receiver."""
for _channel in CHANNELS.values():
    if _channel.receivers is not None:
        RECEIVER_KEYS.setdefault(_channel.receivers.key, []).append(_channel.name)


class CampaignFile(Authored):
    name: Annotated[str, Field(min_length=1)] | None = None
    event: EventId
    where: dict[str, Any] | None = None
    channel: Channel
    template: Id
    webhook: Id | None = None
    receiver: Id | None = None
    expires_minutes: Annotated[int, Field(ge=1, le=LONGEST_WAIT // timedelta(minutes=1))] | None = None

    @model_validator(mode="after")
    def _names_a_receiver_if_its_channel_has_some(self) -> Self:
        for key, channels in RECEIVER_KEYS.items():
            if (self.channel in channels) != (getattr(self, key) is not None):
                raise ValueError(
                    f"`{key}` is required with `channel: {' or '.join(channels)}`, and allowed only there"
                )
        return self


class CampaignsFile(Authored):
    campaigns: dict[Annotated[Id, AfterValidator(unreserved)], CampaignFile] = Field({})
