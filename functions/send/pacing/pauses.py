"""When a message that goes back to its queue comes again.

After an attempt that failed: soon at first, then ever later, ten attempts over five hours. A message that was not
tried, because there was no room or no time for it, comes again soon many times, and ever later only then: its queue
gives up what was received 1,000 times, and that must not come before the message is 13 days old.
"""

from __future__ import annotations

MOST_ATTEMPTS = 10
"""Real ones: its provider was called and could not take the message. Then it has failed."""

FIRST_SECONDS = 5
ATTEMPT_FACTOR, LONGEST_AFTER_AN_ATTEMPT = 5, 60 * 60
WAIT_FACTOR, WAITS_OF_ONE_LENGTH, LONGEST_WAIT = 2, 20, 30 * 60

LONGEST_HIDDEN = 11 * 60 * 60
"""A queue hides a message for twelve hours at most, from when it was received; more it refuses to do at all."""


def after_attempt(attempts: int) -> int:
    """Seconds after the so many-th attempt: 5, 25, 125, 625, 3,125, then an hour."""
    return _growing(attempts, ATTEMPT_FACTOR, LONGEST_AFTER_AN_ATTEMPT)


def untried(received: int) -> int:
    """Seconds until the message comes again that was received so often: 20 times 5, 20 times 10, … half an hour."""
    return _growing(-(-received // WAITS_OF_ONE_LENGTH), WAIT_FACTOR, LONGEST_WAIT)


def _growing(times: int, factor: int, longest: int) -> int:
    pause: int = FIRST_SECONDS * factor ** min(max(times, 1) - 1, 20)
    return min(longest, pause)
