"""How an AWS client of this process, or the CDK, reaches the emulator instead of somebody's account."""

from __future__ import annotations

import os

from cli.laptop.laptop import ACCOUNT, REGION
from cli.laptop.ports import HOST, Ports

OF_AN_ACCOUNT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_CA_BUNDLE")
"""Variables that would lead a client past the emulator."""


def gateway_url(ports: Ports) -> str:
    """Every AWS API of the emulator."""
    return f"http://{HOST}:{ports.gateway}"


def collect_url(ports: Ports) -> str:
    """The collect API: a host and a port without a path, all that many SDKs can be given."""
    return f"http://{HOST}:{ports.collect}"


def environment(ports: Ports) -> dict[str, str]:
    """This process's environment, pointed at the emulator."""
    ours = {name: value for name, value in os.environ.items() if name not in OF_AN_ACCOUNT}
    return ours | {
        "AWS_ENDPOINT_URL": gateway_url(ports),
        "AWS_ENDPOINT_URL_S3": gateway_url(ports),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
    }


def enter(ports: Ports) -> None:
    """Point this process at the emulator, for the adapters in `shared.aws` that it uses from now on."""
    inside = environment(ports)
    for name in OF_AN_ACCOUNT:
        os.environ.pop(name, None)
    os.environ.update(inside)
