"""Whose credentials a request shows: the sources of one workspace, by what their clients know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.caching import cached_when_short
from functions.collect.http.body import Unreadable
from functions.collect.http.request import Request
from functions.collect.http.responses import Refused
from shared.plan.reasons import Code
from shared.workspace.collecting import CollectingWorkspace, Source
from shared.workspace.write_keys import key_hash

_digest = cached_when_short(1024)(key_hash)

LONGEST = 4096
"""Characters of a credential. What is longer is none: a body has room for megabytes."""

NO_CREDENTIAL = frozenset({"", "None"})
"""What a pair is made of when neither half came."""

SIGNED = "aws4-hmac-sha256"

UNENCODED = ("-_.~", "-_.~!$&'()*+,;=:@")
"""What a path's step may hold as it is: as AWS's own clients have it, and as RFC 3986 allows others."""


class Sources:
    """`at` is the time of arrival (UTC): signatures expire."""

    def __init__(self, workspace: CollectingWorkspace, secrets: SourceSecrets, at: datetime) -> None:
        self._workspace = workspace
        self._secrets = secrets
        self._at = at
        self.known_by: str | None = None
        """The credential that the last source was found by."""
        self.was_shown = False
        """Whether a credential came that is nobody's."""

    def afresh(self) -> Sources:
        """The same sources, which have been shown nothing yet."""
        return Sources(self._workspace, self._secrets, self._at)

    def of(self, shown: Iterable[object]) -> Source | None:
        """The source that one of the credentials belongs to, the first that does. What is no text belongs to none.

        A credential is a write key, or whatever a source's `accepts` lists: keys, account ids, `key:secret` pairs.
        """
        for credential in shown:
            if credential.__class__ is str and len(credential) <= LONGEST:
                source = self._workspace.source_by_key_hash.get(_digest(credential))
                if source is not None:
                    self.known_by = credential
                    return source
                self.was_shown = self.was_shown or not set(credential.split(":")) <= NO_CREDENTIAL
        return None

    def signed(self, request: Request, steps: Sequence[str], service: str) -> Source | None:
        """The source whose key pair signed the request as AWS does, for `service`. None when it is not signed so, or
        with a key pair that is none of ours.

        `steps` are those of the path, decoded: a gateway decodes paths, and a step may hold a slash. Raises Refused
        when the signature is wrong, Unavailable when the secret is needed and cannot be read.
        """
        authorization = request.headers.get("authorization", "")
        if authorization[: len(SIGNED)].lower() != SIGNED:
            return None
        from shared.aws import request_signatures as signatures  # what most requests never need

        claim = signatures.Claim.of(authorization)
        source = self._workspace.source_by_access_key_id.get(claim.access_key_id) if claim else None
        if claim is None or source is None:
            return None
        secret = self._secrets.secret_access_key(source.id, claim.access_key_id)
        if secret is None:
            return None
        encoded = tuple(
            request.prefix + "".join(f"/{quote(step, safe=safe)}" for step in steps) for safe in UNENCODED
        )
        try:
            body = request.transported_bytes()
        except Unreadable as error:
            raise Refused(400, Code.MALFORMED, str(error)) from error
        arrived = signatures.Arrived(request.method, encoded, request.query, request.headers, body)
        problem = signatures.problem(claim, arrived, service, secret, self._at)
        if problem is not None:
            raise Refused(403, "wrong_signature", problem)
        return source
