"""An hour of a million events of which one record in 10,000 is lost, and what `headrace ledger` says of it:
`python -m benchmarks.ledger`.

The lines are those that `collect` and `process` write: requests are reported by the one, their records folded by the
other, on ports in memory, with the campaign's planted bug *record forgotten*. CloudWatch is simulated, from files; the
command is the one that people type.
"""
