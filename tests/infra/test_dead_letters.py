"""Nothing that fails disappears: it is retried, and then kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.messaging.channels import CHANNELS, QUEUES
from shared.messaging.messages import LONGEST_WAIT
from shared.messaging.sending_limits import (
    FUNCTION_TAKES,
    MOST_RECEIVES,
    QUEUE_KEEPS,
    SENDING_TAKES,
)
from tests.infra.template import Template

FOURTEEN_DAYS = 14 * 24 * 3600
LONGEST_RECORD_AGE = 604_800
"""Lambda takes no more: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""


def queue_of(mapping: dict[str, Any]) -> str:
    queue: str = mapping["EventSourceArn"]["Fn::GetAtt"][0]
    return queue


def queue_sources(template: Template) -> dict[str, dict[str, Any]]:
    """Event source mappings by the logical id of their queue."""
    queues = template.all("AWS::SQS::Queue")
    mappings = template.properties("AWS::Lambda::EventSourceMapping").values()
    return {queue_of(mapping): mapping for mapping in mappings if queue_of(mapping) in queues}


def test_every_work_queue_has_dead_letters_that_are_kept_as_long_as_possible(template: Template) -> None:
    queues = template.properties("AWS::SQS::Queue")
    letters = {name for name in queues if "DeadLetters" in name}
    used = set()

    for name in set(queues) - letters:
        redrive = queues[name]["RedrivePolicy"]
        target = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
        used.add(target)
        kept = queues[target]["MessageRetentionPeriod"]
        receives = MOST_RECEIVES if name.startswith("Send") else 20 if name.startswith("Routes") else 5
        assert (redrive["maxReceiveCount"], kept) == (receives, FOURTEEN_DAYS), name

    assert used < letters
    assert len(letters - used) == 1  # that of process, which fills it itself


def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_take_and_while_its_batch_fills(
    template: Template,
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    queues = template.properties("AWS::SQS::Queue")
    timeouts = {name: made["Timeout"] for name, made in template.properties("AWS::Lambda::Function").items()}
    sources = queue_sources(template)

    assert len(sources) == 6
    for queue, mapping in sources.items():
        gathering = mapping.get("MaximumBatchingWindowInSeconds", 0)
        needed = 6 * timeouts[mapping["FunctionName"]["Ref"]] + gathering
        assert queues[queue]["VisibilityTimeout"] == needed, queue


def test_every_queue_keeps_its_work_as_long_as_sqs_does(template: Template) -> None:
    """Whatever keeps its consumer from it: what SQS deletes is in no dead letter."""
    queues = template.properties("AWS::SQS::Queue")

    assert len(queues) >= 2 * len(QUEUES)
    for name, made in queues.items():
        assert timedelta(seconds=made["MessageRetentionPeriod"]) == QUEUE_KEEPS > LONGEST_WAIT, name


def test_every_message_of_a_batch_has_time_however_slow_its_provider(template: Template) -> None:
    sources = {mapping["FunctionName"]["Ref"]: mapping for mapping in queue_sources(template).values()}
    for queue in QUEUES:
        logical, made = template.function(f"send-{queue}")
        batch = sources[logical]["BatchSize"]

        assert batch == CHANNELS[queue].batch_size
        assert timedelta(seconds=made["Timeout"]) == FUNCTION_TAKES
        assert batch * SENDING_TAKES <= FUNCTION_TAKES, queue
        assert sources[logical].get("MaximumBatchingWindowInSeconds", 0) == 0


def test_a_message_waits_for_its_turn_within_the_functions_time(template: Template) -> None:
    """At any rate that an account out of the sandbox has: below that its messages go back, untried, more often."""
    sources = {mapping["FunctionName"]["Ref"]: mapping for mapping in queue_sources(template).values()}
    for channel, rate in (("email", 1.0), ("sms", 3.0)):
        logical, made = template.function(f"send-{channel}")
        most = sources[logical]["ScalingConfig"]["MaximumConcurrency"]
        told = made["Environment"]["Variables"]["CONCURRENCY"]

        assert most == int(told)
        assert timedelta(seconds=most / rate) <= FUNCTION_TAKES - SENDING_TAKES


def test_one_bad_message_never_takes_its_neighbours_along(template: Template) -> None:
    sources = queue_sources(template)

    assert len(sources) >= len(QUEUES)
    for queue, mapping in sources.items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], queue


def test_what_a_rule_cannot_deliver_is_kept(template: Template) -> None:
    queues = template.all("AWS::SQS::Queue")
    rules = [made for made in template.properties("AWS::Events::Rule").values() if "EventPattern" in made]

    assert len(rules) == 6
    for rule in rules:
        for target in rule["Targets"]:
            assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in queues


def test_a_failing_record_is_isolated_retried_while_the_stream_keeps_it_and_then_set_aside(
    template: Template,
) -> None:
    stream = next(iter(template.all("AWS::Kinesis::Stream")))
    mappings = template.properties("AWS::Lambda::EventSourceMapping").values()
    (mapping,) = [mapping for mapping in mappings if queue_of(mapping) == stream]
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]

    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BatchSize"] == 1_000
    kept = template.settings.stream_retention_hours * 3600
    assert mapping["MaximumRecordAgeInSeconds"] == kept - 3600
    assert mapping["MaximumRecordAgeInSeconds"] <= LONGEST_RECORD_AGE
    assert "MaximumRetryAttempts" not in mapping  # the age decides
    assert destination in template.all("AWS::S3::Bucket")


def test_on_the_laptop_nothing_waits_for_a_batch_to_fill(templates: dict[str, Template]) -> None:
    mappings = templates["local"].properties("AWS::Lambda::EventSourceMapping")

    assert {mapping.get("MaximumBatchingWindowInSeconds", 0) for mapping in mappings.values()} == {0}
