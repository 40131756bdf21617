"""What could not be done: where it waits, why, what it is, and how it is tried again or discarded."""
