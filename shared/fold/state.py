"""The slices of a profile, one per part that remembers something. A part's `name` is its field here."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.fold.parts.app_versions import AppVersions
from shared.fold.parts.consents import Consents
from shared.fold.parts.counters import Counters
from shared.fold.parts.devices import Devices
from shared.fold.parts.duplicates import Ring
from shared.fold.parts.identities import Identities
from shared.fold.parts.sessions import Sessions
from shared.fold.parts.traits import Traits
from shared.fold.parts.utm import Visit
from shared.fold.parts.volume import Volume


@dataclass(frozen=True, slots=True)
class States:
    volume: Volume = field(default_factory=Volume)
    duplicates: Ring = field(default_factory=Ring)
    identities: Identities = field(default_factory=Identities)
    traits: Traits = field(default_factory=Traits)
    consents: Consents = field(default_factory=Consents)
    devices: Devices = field(default_factory=Devices)
    counters: Counters = field(default_factory=Counters)
    sessions: Sessions = field(default_factory=Sessions)
    app_versions: AppVersions = field(default_factory=AppVersions)
    utm: Visit = field(default_factory=Visit)
