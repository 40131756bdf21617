"""A workspace in simulated time: the real stages, one after the other, on ports in memory.

One lane of records in the order of their arrival, no AWS and no waiting. `run.simulate` is where it begins.
"""
