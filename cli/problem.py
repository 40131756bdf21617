"""The error of a command that cannot continue."""


class Problem(Exception):
    """Shown without a traceback, with exit code 1. `advice` is what to do next, one sentence or command."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.advice = advice
