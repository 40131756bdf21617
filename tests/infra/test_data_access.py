"""Who reaches which data, action by action: least privilege is of tables and prefixes, not of actions alone."""

from __future__ import annotations

from infra.settings.stages import TARGETS
from shared.messaging.channels import QUEUES
from tests.infra.template import Statement, Template, listed
from tests.infra.test_permissions import EACH, deployed

READ_WORKSPACE = {"workspace": {"GetItem"}, "bucket /workspaces/*": {"GetObject"}}

SEND = {
    **READ_WORKSPACE,
    "profiles": {"BatchGetItem", "GetItem"},
    "messages": {"GetItem", "UpdateItem"},
}

REACHED: dict[str, dict[str, set[str]]] = {
    "collect": {
        **READ_WORKSPACE,
        "rejected": {"PutItem"},
        "profiles": {"BatchGetItem"},
        "bucket /rejected/*": {"PutObject"},
        "bucket /tee/*": {"PutObject"},
    },
    "replay": {
        **READ_WORKSPACE,
        "rejected": {"GetItem", "UpdateItem"},
        "bucket /rejected/*": {"GetObject"},
    },
    "define": {"workspace": {"GetItem", "PutItem"}, "bucket /workspaces/*": {"GetObject", "PutObject"}},
    "process": {
        **READ_WORKSPACE,
        "profiles": {"BatchGetItem", "PutItem"},
        "timeline": {"BatchWriteItem"},
        "rejected": {"GetItem", "PutItem", "UpdateItem"},
        "bucket /rejected/*": {"PutObject"},
    },
    "sweep": {"profiles": {"GetItem", "PutItem"}, "profiles /index/due": {"Query", "Scan"}},
    "archive": {"bucket /rejected/*": {"GetObject"}},
    "tee": {
        **READ_WORKSPACE,
        "tee": {"BatchGetItem", "PutItem", "UpdateItem"},
        "bucket /tee/*": {"GetObject"},
    },
    **{f"send-{queue}": SEND for queue in QUEUES},
    "watch": {},
}


@EACH
def test_a_function_reaches_the_data_that_is_its_business_and_no_other(name: str, template: Template) -> None:
    reached: dict[str, set[str]] = {}
    for statement in template.statements(template.role_of(name)):
        for data, actions in _data(template, statement).items():
            reached.setdefault(data, set()).update(actions)

    assert reached == REACHED[name]


def test_every_function_is_listed_here() -> None:
    assert {name for stage in TARGETS for name in deployed(stage)} == set(REACHED)


def _data(template: Template, statement: Statement) -> dict[str, set[str]]:
    """The actions of a statement, by table (`profiles`, an index behind it) or prefix of the workspace's bucket."""
    stores = {
        **{name: name[len("Tables") : -8].lower() for name in template.all("AWS::DynamoDB::Table")},
        **{name: "bucket" for name in template.all("AWS::S3::Bucket") if name.startswith("WorkspaceBucket")},
    }
    allowed: dict[str, set[str]] = {}
    for resource in listed(statement["Resource"]):
        for logical, store in stores.items():
            match resource:
                case {"Fn::GetAtt": [str(found), "Arn"]} if found == logical:
                    below = ""
                case {"Fn::Join": ["", [{"Fn::GetAtt": [str(found), "Arn"]}, str(path)]]} if found == logical:
                    below = f" {path}"
                case _:
                    continue
            actions = {action.partition(":")[2] for action in listed(statement["Action"])}
            if actions != {"ListBucket"}:  # so that S3 answers 404 and not 403: it lists nothing that is read
                allowed.setdefault(f"{store}{below}", set()).update(actions)
    return allowed
