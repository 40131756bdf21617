"""The fault campaign: seed by seed, a random history is sent to the simulated stack while faults happen, and what
became of it is held against what was sent and answered.

`history` draws what is sent, `faults` what goes wrong, `oracle` judges what was seen afterwards, `running` brings the
three together.
"""
