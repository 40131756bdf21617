"""Ports: what the stages need from the outside world, as Protocols. `shared.aws` has one adapter per port, and tests
one fake.

Writes take many items and return the positions of those that stayed unwritten after the adapter's own
retries, so that the caller decides per item; `Unwritten` says which of them the service refused for their content.
Any other failure is one of the exceptions in `failures`.
"""
