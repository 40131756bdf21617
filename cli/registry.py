"""The verbs of `headrace`. To add one: a module in `cli/commands` with an `app = typer.Typer()`, and a line here.

A module whose app has one command is that command; with several it is a group (`rejected list`, `rejected show`). A
group of one command needs an empty `@app.callback()`: Typer makes that one the verb itself without it.
Modules are imported when their verb is used, so that the others cost nothing.
"""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    module: str
    """In `cli.commands`."""
    help: str
    """One line, for `headrace --help`."""
    panel: str


LAPTOP, CONFIGURE, LOOK, AWS = "This machine", "Workspace", "Events and people", "AWS"

VERBS: dict[str, Verb] = {
    "up": Verb("up", "Start everything here: emulator, cdk deploy, workspace, sample events.", LAPTOP),
    "down": Verb("down", "Stop it and keep its data.", LAPTOP),
    "status": Verb("status", "What is running, where, and whether it matches the code.", LAPTOP),
    "doctor": Verb("doctor", "Send probes through the stack and say what works, and what does not.", LAPTOP),
    "logs": Verb("logs", "The functions' logs.", LAPTOP),
    "init": Verb("init", "Make a workspace of your own.", CONFIGURE),
    "apply": Verb("apply", "Show the changes of a workspace, and apply it.", CONFIGURE),
    "lint": Verb("lint", "Check a workspace for mistakes and questionable names.", CONFIGURE),
    "simulate": Verb("simulate", "Try a workspace on a history: what would be sent, and why not.", CONFIGURE),
    "template": Verb("template", "Render a template before it is sent.", CONFIGURE),
    "catalogue": Verb("catalogue", "The ready events of an industry, and Headrace's own.", CONFIGURE),
    "keys": Verb("keys", "The sources and their write keys.", CONFIGURE),
    "receivers": Verb("receivers", "Whom campaigns can be for, such as a Slack channel.", CONFIGURE),
    "schema": Verb("schema", "Write the JSON Schemas of workspace files, for editors.", CONFIGURE),
    "send": Verb("send", "Send an event, or a file of them, and see the verdict.", LOOK),
    "import": Verb("import_", "Import what another system exported.", LOOK),
    "tail": Verb("tail", "Events as they arrive.", LOOK),
    "profile": Verb("profile", "All that is known about a person.", LOOK),
    "timeline": Verb("timeline", "What a person did, in order.", LOOK),
    "messages": Verb("messages", "What was sent to whom, what was not, and why.", LOOK),
    "rejected": Verb("rejected", "Rejected events, and their replay once the cause is fixed.", LOOK),
    "plan": Verb("plan", "Accepted events and properties that the tracking plan does not define.", LOOK),
    "deadletters": Verb(
        "dead_letters", "Work that failed for good: what and why, retry it, discard it.", LOOK
    ),
    "ledger": Verb("ledger", "Whether everything that came in is accounted for, and what is not.", LOOK),
    "tee": Verb("tee", "Requests forwarded to vendors, and how the answers compare.", LOOK),
    "routes": Verb("routes", "Your own routes, and the events that they delivered.", LOOK),
    "query": Verb("query", "Query the lake, in Athena's SQL.", LOOK),
    "deploy": Verb("deploy", "Deploy to an AWS account with the CDK.", AWS),
    "settings": Verb("settings", "The settings of a stage: defaults and your own.", AWS),
    "cost": Verb("cost", "What a stage costs for a load, and what would make it cheaper.", AWS),
    "destroy": Verb("destroy", "Remove a stack.", AWS),
}

FORMERLY = {"dead-letters": "deadletters"}
"""Earlier names of verbs, which scripts may still type."""
