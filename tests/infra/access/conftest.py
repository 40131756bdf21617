"""The deployed stack, and what each verb asks of it. Made once a module: moto ends with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pytest

from cli.problem import Problem
from tests.fakes.pretended_aws import pretended_aws
from tests.infra.access.filled_stack import STAGE, fill, generated_secret, make
from tests.infra.access.runs import NEED_THE_STACK_TO_RUN, RUNS, run
from tests.infra.policies import Call, Deployed
from tests.infra.template import Template


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield monkeypatch


@pytest.fixture(scope="module")
def deployed(templates: dict[str, Template], patched: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """The stack's resources in moto, by the names that its outputs have, with something of everything in them."""
    template = templates[STAGE]
    with pretended_aws(patched):
        secrets = {
            logical: boto3.client("secretsmanager").create_secret(
                Name=logical, SecretString=generated_secret(made["GenerateSecretString"])
            )["ARN"]
            for logical, made in template.properties("AWS::SecretsManager::Secret").items()
        }
        deployed = Deployed(template, secrets)
        make(template, deployed)
        fill(deployed.outputs())
        yield deployed


@pytest.fixture(scope="module")
def asked(
    deployed: Deployed, patched: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Call]]:
    """What each verb asked of AWS, all its runs together."""
    file = tmp_path_factory.mktemp("imported") / "export.ndjson"
    file.write_text(
        json.dumps({"type": "track", "event": "Search", "userId": "u1", "messageId": "m1"}) + "\n"
    )

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    patched.setattr("cli.commands.tail.time", SimpleNamespace(sleep=interrupted))
    asked: dict[str, list[Call]] = {}
    order = sorted(RUNS, key=lambda verb: verb != "apply")
    for verb in order:
        for arguments in RUNS[verb]:
            filled = [str(file) if one == "FILE" else one for one in arguments]
            calls, result = run(deployed, filled, patched)
            assert calls, f"{arguments}: {result.output} {result.exception!r}"
            assert isinstance(result.exception, (Problem, SystemExit, type(None))), arguments
            if verb not in NEED_THE_STACK_TO_RUN:
                assert result.exit_code == 0, f"{arguments}: {result.output} {result.exception!r}"
            asked.setdefault(verb, []).extend(calls)
    return asked
