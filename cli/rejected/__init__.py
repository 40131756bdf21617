"""Rejected events, as people look at them and bring them in."""
