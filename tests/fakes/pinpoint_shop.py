"""A shop whose app and server speak Pinpoint: sources for both, and a stage whose events become profiles at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from shared.fold.profile import Profile
from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from simulation.gateway import STAGE
from tests.fakes import process_stage
from tests.fakes.collect_stage import SHOP, Stage

KEY_ID, SECRET = "HRABCDEFGHIJKLMNOPQR", "k" * 40
APP = "3f1c9d2e8b7a4c5d9e0f1a2b3c4d5e6f"
"""The app id that the public source accepts, in the form Pinpoint gave them."""

SERVER_KEY = "hr_pinpoint_server"

SOURCES = (
    Source(
        id="server",
        name="Server",
        trust="server",
        key_pair=True,
        access_key_id=KEY_ID,
        key_hashes=(key_hash(SERVER_KEY), key_hash("server-app")),
    ),
    Source(id="app", name="App", trust="browser", key_hashes=(key_hash("hr_app"), key_hash(APP))),
)


ON_ITS_OWN_HOST = f"/{STAGE}"
"""What the path of a REST API begins with on API Gateway's own host."""


class PinpointShop(Stage):
    """`settle` folds what came in since; then `person` finds who they are. Its time is real: signatures expire.

    Asked below `ON_ITS_OWN_HOST`, it is behind a REST API without a domain of one's own.
    """

    def handled(
        self, method: str, path: str, body: object, headers: Mapping[str, str], **gateway: Any
    ) -> dict[str, Any]:
        if path.startswith(f"{ON_ITS_OWN_HOST}/"):
            path = path.removeprefix(ON_ITS_OWN_HOST)
            gateway |= {"api": "rest", "own_domain": False}
        return super().handled(method, path, body, headers, **gateway)

    def __init__(self) -> None:
        super().__init__(SHOP.model_copy(update={"sources": (*SHOP.sources, *SOURCES)}))
        self.keep_real_time()
        self.secrets.value["sources"] = {
            "server": {"key_pair": {"access_key_id": KEY_ID, "secret_access_key": SECRET}}
        }
        self._process = process_stage.Stage(SHOP)
        self._process.profiles = self.profiles
        self._process.restart()
        self._folded = 0
        self.restart()

    def settle(self) -> None:
        for entry in self.stream.entries[self._folded :]:
            self._process.deliver(self._process.lambda_record(entry.key, entry.data, self.now))
        self._folded = len(self.stream.entries)

    def person(self, key: str) -> Profile:
        return self.profiles.person(key)


def client(url: str, key_id: str = KEY_ID, secret: str = SECRET) -> Any:
    """boto3's own client, as a team has it but for the endpoint."""
    return boto3.client(
        "pinpoint",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"mode": "standard", "max_attempts": 3}),
    )
