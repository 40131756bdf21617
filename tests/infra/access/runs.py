"""What is run of each verb under the policies, and what no run has to ask for."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from cli.main import typed
from tests.infra.access.filled_stack import REQUEST, STAGE
from tests.infra.calls import ROOT
from tests.infra.policies import Call, Deployed
from tests.infra.recorded_calls import recorded

SHOP = str(ROOT / "examples" / "shop")
NEVER_ON_AWS = {"up", "down"}
"""Verbs of the laptop alone."""

WITHOUT_AWS = {"catalogue", "cost", "init", "schema", "settings", "simulate"}
BY_ADMINISTRATORS = {"deploy", "destroy"}
PLACES = ("process", "given-up", "tee", "archive", "send-sms", "RoutesPurchasesDeadLetters")
"""Names of dead letters."""

RUNS: dict[str, list[list[str]]] = {
    "status": [["status"]],
    "logs": [["logs"]],
    "ledger": [["ledger"], ["ledger", "--no-lake", "--json"]],
    "apply": [["apply", SHOP, "--dry-run"], ["apply", SHOP, "--yes"]],
    "lint": [["lint", SHOP]],
    "keys": [["keys", "--identity", "--pairs"], ["keys", "--webhooks"]],
    "receivers": [["receivers", "list"], ["receivers", "set", "slack", "orders", "--forget"]],
    "send": [["send", "Search", "--user", "u1"]],
    "import": [["import", "FILE", "--source", "server"]],
    "tail": [["tail"]],
    "profile": [["profile", "u1"]],
    "timeline": [["timeline", "u1"]],
    "messages": [["messages"], ["messages", "--user", "u1"], ["messages", "show", "m1"]],
    "template": [["template", "preview", SHOP, "--person", "u1"]],
    "rejected": [
        ["rejected", "list"],
        ["rejected", "show", f"{REQUEST}-3"],
        ["rejected", "replay", "--all"],
        ["rejected", "drop", "--source", "strict", "--yes"],
    ],
    "tee": [
        ["tee", "status", "--source", "strict"],
        ["tee", "secret", "strict", "--header", "Authorization"],
    ],
    "routes": [
        ["routes", "list"],
        ["routes", "show", "Purchases"],
        ["routes", "show", "Purchases", "--dead-letters"],
    ],
    "deadletters": [
        ["deadletters", "list"],
        *(["deadletters", "list", name] for name in PLACES),
        *(["deadletters", "retry", name, "--dry-run"] for name in PLACES),
        *(["deadletters", "retry", name, "--watch", "0"] for name in PLACES),
        ["deadletters", "discard", "--all", "--no-file", "--yes"],
        ["deadletters", "reread", "--from", "1h", "--until", "1m"],
    ],
    "query": [["query", "SELECT 1"]],
    "plan": [["plan"]],
    "doctor": [["doctor"]],
}
"""What is run of each verb. A new one needs a line here, or among those that ask nothing of AWS."""

NEED_THE_STACK_TO_RUN = {"send", "import", "doctor"}
"""They come as far as the collect API, which does not answer here; what they ask of AWS they ask before, or after."""

ONLY_FUNCTIONS_ASK = {"dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}
"""In adapters that the command shares with the functions, and does not call."""

ONLY_ADMINISTRATORS_ASK = {"cloudformation:UpdateTerminationProtection"}
"""Of `deploy`, when the first one of a protected stack has failed."""

POLICIES = ["OperatorsPolicyArn", "OnCallPolicyArn", "CiPolicyArn", "AnalystsPolicyArn"]


def run(
    deployed: Deployed, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Call], Result]:
    """What the verb asked of AWS, and how it ended."""
    with recorded(monkeypatch, deployed.outputs()) as calls:
        result = CliRunner().invoke(typed, [*arguments, "--stage", STAGE], input="secret\n")
    return calls, result
