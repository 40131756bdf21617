"""How a program may be ended from outside. None of these is an Exception: no handler of the code catches them."""

from __future__ import annotations


class Ending(BaseException):
    """A process that is gone does nothing any more: what tries to goes on being ended."""


class Crash(Ending):
    """The process was killed: out of memory, by a redeployment, with its machine."""


class TimedOut(Ending):
    """The function took longer than it may."""


class TookTooLong(Ending):
    """The run as a whole took too much of the processor's time: whichever program it strikes."""
