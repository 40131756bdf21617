"""Where this checkout is: the command drives the stack of the checkout it was installed from."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
