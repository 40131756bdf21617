"""Clients: each writes events as one vendor's SDK or API does, and no more of it than this needs.

A client takes what is to be said, and returns the path, headers and body of one request. It may write only what
`Said` has; what a format cannot say, its module does not offer.
"""

from __future__ import annotations

from simulation.campaign.history.senders import clevertap, mparticle, posthog, segment, snowplow
from simulation.campaign.history.senders.client import Client

CLIENTS: dict[str, Client] = {
    client.protocol: client
    for client in (segment.CLIENT, clevertap.CLIENT, mparticle.CLIENT, posthog.CLIENT, snowplow.CLIENT)
}
