"""Timers that fell due → stream."""
