"""How an AWS client of this process, or the CDK, reaches the emulator instead of somebody's account."""

from __future__ import annotations

import os

from cli.laptop.laptop import ACCOUNT, REGION
from cli.laptop.ports import HOST, Ports

OF_AN_ACCOUNT = "AWS_"
"""Variables that begin so may lead a client past the emulator: a profile, a token, one service's endpoint, FIPS."""

PROXY_EXCEPTIONS = ("no_proxy", "NO_PROXY")
"""Both are read, by one program or another, for the hosts that are not asked by way of `HTTP_PROXY`."""


def gateway_url(ports: Ports) -> str:
    """Every AWS API of the emulator."""
    return f"http://{HOST}:{ports.gateway}"


def collect_url(ports: Ports) -> str:
    """The collect API: a host and a port without a path, all that many SDKs can be given."""
    return f"http://{HOST}:{ports.collect}"


def environment(ports: Ports) -> dict[str, str]:
    """This process's environment, pointed at the emulator."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(OF_AN_ACCOUNT)}
    exceptions = next((ours[name].split(",") for name in PROXY_EXCEPTIONS if ours.get(name)), [])
    return ours | {
        **dict.fromkeys(PROXY_EXCEPTIONS, ",".join(dict.fromkeys([*exceptions, HOST]))),
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
    for name in [name for name in os.environ if name.startswith(OF_AN_ACCOUNT)]:
        del os.environ[name]
    os.environ.update(inside)
