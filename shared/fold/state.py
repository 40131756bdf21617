"""The slices of a profile, one per part that remembers something. A part's `name` is its field here."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.fold.app_versions import AppVersions
from shared.fold.consents import Consents
from shared.fold.counters import Counters
from shared.fold.devices import Devices
from shared.fold.duplicates import Ring
from shared.fold.identities import Identities
from shared.fold.sessions import Sessions
from shared.fold.traits import Traits
from shared.fold.utm import Visit
from shared.fold.volume import Volume


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
