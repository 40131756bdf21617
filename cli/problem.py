"""What a command says when it cannot go on."""


class Problem(Exception):
    """Shown without a traceback, with exit code 1. `advice` is what to do next, one sentence or command."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.advice = advice
