"""Whether every function that takes its work from a stream or a queue is given any: its event source mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cli.doctor.advice import PUT_BACK
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, Part, attention, broken, ok
from shared.aws.stack.event_sources import PASSING, EventSource, event_sources, failing, missing, off

SOURCES = {"ArchiveFunction": ("sqs", "dynamodb"), "ProcessFunction": ("kinesis",)}
"""By output of the stack: from which services a function takes its work."""
QUEUE = ("sqs",)

STOPPED = {
    ("ProcessFunction", "kinesis"): Part.PROCESS,
    ("ArchiveFunction", "sqs"): Part.ARCHIVE,
    ("SendEmailFunction", "sqs"): Part.EMAIL,
}
"""What of the path that probes go is stopped with it."""

WORDS = {"kinesis": "the stream", "sqs": "its queue", "dynamodb": "its table's stream"}


def consumers(examination: Examination) -> Finding:
    expected = expected_of(examination.stack.outputs)
    return of_consumers(event_sources(list(expected)), expected)


def expected_of(outputs: Mapping[str, str]) -> dict[str, str]:
    """The functions that take work from somewhere: output by function."""
    return {
        outputs[name]: name
        for name in outputs
        if name in SOURCES or name == "TeeFunction" or (name.startswith("Send") and name.endswith("Function"))
    }


def of_consumers(found: Sequence[EventSource], expected: Mapping[str, str]) -> Finding:
    """`expected` are the functions that should have some, with their outputs' names."""
    gone = missing(found, {function: SOURCES.get(output, QUEUE) for function, output in expected.items()})
    stopped = off(found)
    if gone or stopped:
        said = [f"{one.function} gets nothing from {_from(one)}: {one.state}" for one in stopped]
        said += [f"{function} no longer reads {WORDS[service]}" for function, service in gone]
        do = [f"`aws lambda update-event-source-mapping --uuid {one.id} --enabled`" for one in stopped]
        do += [PUT_BACK] if gone else []
        pairs = [(expected[one.function], one.service) for one in stopped]
        pairs += [(expected[function], service) for function, service in gone]
        return broken("; ".join(said), _together(do), _stopped(pairs))
    if problems := failing(found):
        return broken(
            "; ".join(f"{one.function}: {one.result}" for one in problems),
            _together(f"`headrace logs {_word(expected[one.function])}` says why." for one in problems),
        )
    if passing := [one for one in found if one.state in PASSING]:
        said_of = ", ".join(f"{one.function} is {one.state}" for one in passing)
        return attention(f"event source mappings change: {said_of}", "Wait a minute and run it again.")
    return ok(f"{len(expected)} functions get their records, through {len(found)} event source mappings")


def _from(one: EventSource) -> str:
    return WORDS.get(one.service, one.service)


def _stopped(pairs: Iterable[tuple[str, str]]) -> set[Part]:
    return {STOPPED[pair] for pair in pairs if pair in STOPPED}


def _word(output: str) -> str:
    """As `headrace logs` takes it: of SendEmailFunction `send-email`."""
    camel = output.removesuffix("Function")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in camel).lstrip("-")


def _together(advice: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(advice))
