"""A stack in simulated time, in one process."""
