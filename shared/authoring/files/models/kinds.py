"""The kinds of workspace file."""

from __future__ import annotations

from shared.authoring.files.models.authored import Authored
from shared.authoring.files.models.campaigns import CampaignsFile
from shared.authoring.files.models.plan import PlanFile
from shared.authoring.files.models.sources import SourcesFile
from shared.authoring.files.models.templates import TemplatesFile
from shared.authoring.files.models.workspace import WorkspaceFile

KINDS: dict[str, type[Authored]] = {
    "workspace": WorkspaceFile,
    "sources": SourcesFile,
    "plan": PlanFile,
    "campaigns": CampaignsFile,
    "templates": TemplatesFile,
}
"""`<kind>.yaml`, or any number of files in a folder of that name."""
