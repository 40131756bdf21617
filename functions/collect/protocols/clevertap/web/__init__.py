"""Calls of CleverTap's web SDK."""
