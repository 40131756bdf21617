"""Planted bugs: the campaign is worth what it finds of them.

Each replaces a line or two of a real handler, part or adapter while a run lasts. Those of `AGAIN` are bugs that the
code once had.
"""

from __future__ import annotations

from simulation.campaign.mutants import adapters, folding, once_mended, processing, sending
from simulation.campaign.mutants.planting import Mutant

MUTANTS: dict[str, Mutant] = {
    mutant.name: mutant
    for mutant in (*adapters.MUTANTS, *processing.MUTANTS, *folding.MUTANTS, *sending.MUTANTS)
}

AGAIN: dict[str, Mutant] = {mutant.name: mutant for mutant in once_mended.MUTANTS}
