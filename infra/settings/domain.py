"""The settings of a host name of one's own, and the names and ARNs that one writes by hand, checked for their form."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, model_validator
from pydantic.dataclasses import dataclass

CHECKED = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def _like(pattern: str, said: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"should be {said}")
        return text

    return AfterValidator(check)


HostName = Annotated[
    str,
    _like(
        r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])",
        "a host name in small letters, like collect.shop.example",
    ),
]
CertificateArn = Annotated[
    str,
    _like(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+",
        "the ARN of a certificate, like arn:aws:acm:<region>:<account>:certificate/<id>",
    ),
]
ZoneId = Annotated[str, _like(r"[A-Z0-9]{1,32}", "the id of a hosted zone, like Z0123456789ABCDEFGHIJ")]
WebAclArn = Annotated[
    str,
    _like(
        r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[\w/-]+",
        "the ARN of a regional web ACL, like arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>",
    ),
]


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Domain:
    """A host name of your own in front of `collect`, and the hosted zone of Route 53 that it is in, if it is in one."""

    name: HostName
    certificate: CertificateArn
    """The ARN of its certificate in Certificate Manager, in the region of the stack."""
    zone_id: ZoneId | None = None
    zone_name: HostName | None = None

    @model_validator(mode="after")
    def _is_in_its_zone(self) -> Self:
        if (self.zone_id is None) != (self.zone_name is None):
            raise ValueError("a hosted zone has both `zone_id` and `zone_name`")
        if self.zone_name is not None and not f".{self.name}".endswith(f".{self.zone_name}"):
            raise ValueError(f"{self.name} is not in the zone {self.zone_name}")
        return self

    @property
    def url(self) -> str:
        return f"https://{self.name}"
