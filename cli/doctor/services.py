"""What AWS says of the services between the stages: the stream and its reader, the delivery stream, Lambda's quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cli.doctor.advice import PUT_BACK
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, Part, attention, broken, ok
from shared.aws.stack.function_states import Concurrency, concurrency, oldest_record
from shared.aws.streams.stream_states import DeliveryState, StreamState, delivery_state, stream_state

LEAST_UNRESERVED = 100
"""Functions at once that Lambda keeps for whoever reserves nothing; with fewer in all, none can be reserved.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""

LATE = timedelta(minutes=1)

QUOTA = "Ask for more: Service Quotas, Lambda, Concurrent executions (L-B99A9384). New accounts may have 10."


def stream(examination: Examination) -> Finding:
    return of_stream(stream_state(examination.stack["StreamName"]))


def lag(examination: Examination) -> Finding:
    state = stream_state(examination.stack["StreamName"])
    waited = oldest_record(examination.stack["ProcessFunction"], datetime.now(UTC))
    return of_lag(waited, state.retention)


def delivery(examination: Examination) -> Finding:
    return of_delivery(delivery_state(examination.stack["DeliveryStream"]))


def functions(examination: Examination) -> Finding:
    if examination.is_local:
        return ok("a laptop has no quota")
    return of_concurrency(concurrency())


def of_stream(state: StreamState) -> Finding:
    said = f"{state.status}, {state.shards} shards, keeps {state.retention // timedelta(hours=1)} hours"
    if state.status == "ACTIVE":
        return ok(said)
    if state.status == "UPDATING":
        return attention(said, "It is being resized: wait until that is done.")
    return broken(said, PUT_BACK, [Part.STREAM])


def of_lag(waited: timedelta | None, retention: timedelta) -> Finding:
    """`waited` is how long the record that was read last had lain on the stream."""
    if waited is None:
        return ok(
            "no lag is reported: nothing was read in the last ten minutes, or the metric has no value yet"
        )
    said = f"the last record had waited {waited.total_seconds():.0f} s"
    if waited > retention / 2:
        return broken(
            said,
            "Events will be lost when the stream's retention is over: docs/operating/alarms.md, EventsLate.",
        )
    if waited > LATE:
        return attention(
            said,
            "Give it more: `stream_shards` or `stream_parallelism` in headrace.yaml, then `headrace deploy`.",
        )
    return ok(said)


def of_delivery(state: DeliveryState) -> Finding:
    said = f"{state.status}, gathers {state.gathers.total_seconds():.0f} s"
    if state.status == "ACTIVE":
        return ok(said)
    if state.status == "CREATING":
        return attention(said, "Wait a minute and run it again.")
    return broken(said, f"{PUT_BACK} Rows wait in archive's queue until then.", [Part.DELIVERY])


def of_concurrency(found: Concurrency) -> Finding:
    said = f"{found.most} functions at once, {found.unreserved} of them unreserved"
    if found.unreserved < LEAST_UNRESERVED:
        return attention(said, QUOTA)
    return ok(said)
