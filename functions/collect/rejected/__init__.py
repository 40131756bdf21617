"""Rejected events: kept as they came, judged again on replay, or dropped."""
