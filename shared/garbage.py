"""How often Python looks for circles of objects that nobody refers to any more: seldom, while a batch is processed.

What a batch makes is freed as it is let go of; in circles are some hundred objects, of the AWS clients. To look for
them, Python goes over everything that is alive: each 2,000 objects over the newest, and now and then over the modules
and the whole batch. That was a fifth of the time of a batch of 1,000 records. Circles are still found: memory holds at
most `YOUNG` objects more than it would, some 10 MB.
"""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects that are made and not let go of before Python looks among them; 2,000 by default."""


def look_seldom() -> None:
    """What is alive by now, modules and clients, stays so: it is not looked at again."""
    gc.collect()
    gc.freeze()
    _, older, oldest = gc.get_threshold()
    gc.set_threshold(YOUNG, older, oldest)
