"""The order of work for a request, as a list of steps. Each step is a function of the module that has its name.

Nothing is answered with 200 before it is stored. When something is not, the sender is asked to send everything again:
what was stored is then recognised by its message id.
"""

from __future__ import annotations

from functions.collect.http.responses import Response
from functions.collect.pipeline.answer import answer, answer_rehearsal
from functions.collect.pipeline.authorize import authorize
from functions.collect.pipeline.by_latest import validate_by_latest
from functions.collect.pipeline.pack import pack
from functions.collect.pipeline.parse import parse, require_known_people
from functions.collect.pipeline.quota import hold_to_quota
from functions.collect.pipeline.store import explain_rejected, keep_rejected, store
from functions.collect.pipeline.validate import validate
from functions.collect.work import Step, Work

JUDGE: tuple[Step, ...] = (
    authorize,  # whose request it is: by the workspace at hand or, before refusing, by the latest
    parse,  # its items, as canonical events
    require_known_people,  # where the format wants a person to be known
    validate,  # every event accepted or rejected
    validate_by_latest,  # once more, before an event is rejected for what the workspace says
    explain_rejected,  # in the format's words, with what may have been meant
)

STORE: tuple[Step, ...] = (
    hold_to_quota,  # how many events a source may send a second
    pack,  # what was accepted, as one record for each person
    store,  # on the stream
    keep_rejected,  # with reasons, for replay
    answer,  # what became of every event, as the format says it
)

STEPS: dict[str, tuple[Step, ...]] = {"events": (*JUDGE, *STORE), "rehearsal": (*JUDGE, answer_rehearsal)}
"""By the kind of the route. The other kinds bring no events, see `other_calls`."""


def ingest(work: Work) -> Response:
    """The answer to a request on one of a format's paths. Raises Refused, TooLarge or Unavailable."""
    steps = STEPS.get(work.call.route.kind)
    if steps is None:
        from functions.collect.pipeline import other_calls  # what no sender of events needs

        return other_calls.respond(work, STORE)
    work.run(steps)
    return work.response


def tee(work: Work, response: Response) -> None:
    """Forward the request, once it is answered for, to the vendor its source came from. Most have none.

    Raises Unavailable when the queue does not take it: the sender must come again.
    """
    if work.resources.workspace.get().has_tees:
        from functions.collect.pipeline import tee  # what most stacks never need

        tee.forward(work, response)
