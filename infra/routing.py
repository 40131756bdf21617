"""The operator's own rules over the bus's `Event` entries, from the file that the setting `routes` names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_events as events
from constructs import Construct, IConstruct

from infra.placement import Where
from shared.bus_entries import SOURCE, ForwardedEvent

Route = Callable[[Construct, events.EventBus], None]


class NoRoutes(ValueError):
    """The file does not say which routes there are."""


def route(scope: Construct, id: str, bus: events.EventBus, detail: dict[str, object]) -> events.Rule:
    """A rule over `Event` entries whose detail matches. `headrace routes` knows it by its id, without `Rule`."""
    pattern = events.EventPattern(source=[SOURCE], detail_type=[ForwardedEvent.detail_type], detail=detail)
    name = id.removesuffix("Rule") or id
    return events.Rule(scope, id, event_bus=bus, event_pattern=pattern, description=name)


def routes_of(file: Path) -> Sequence[Route]:
    """`ROUTES` of a Python file, wherever it is. Raises NoRoutes, and whatever the file itself raises."""
    spec = spec_from_file_location("headrace_routes", file)
    if spec is None or spec.loader is None:
        raise NoRoutes(f"{file} is no Python file: its name must end in .py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, "ROUTES", None)
    if not isinstance(found, Sequence) or not all(callable(one) for one in found):
        raise NoRoutes(f"{file} has no `ROUTES = (your_route, ...)`, the functions that make its routes")
    return found


class Routes(Construct):
    def __init__(self, scope: Construct, id: str, *, bus: events.EventBus, file: Path | None) -> None:
        super().__init__(scope, id)
        for make in routes_of(file) if file else ():
            make(self, bus)


def misplaced_targets(routes: IConstruct, where: Where) -> Iterator[str]:
    """Of the rules below a construct, each target that EventBridge cannot reach: a sentence.

    Targets are in the region of their rule, but for event buses; a queue or function may be another account's.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    """
    for rule in routes.node.find_all():
        if not isinstance(rule, events.CfnRule):
            continue
        for target in Stack.of(rule).resolve(rule.targets) or ():
            dead_letters = target.get("deadLetterConfig") or {}
            for arn in (target["arn"], dead_letters.get("arn")):
                if (
                    not isinstance(arn, str) or ":event-bus/" in arn
                ):  # what the stack makes itself has no text yet
                    continue
                if reason := where.refuses(arn, of_any_account=True):
                    yield f"the route {rule.description or rule.node.path}: its target {arn} {reason}"
