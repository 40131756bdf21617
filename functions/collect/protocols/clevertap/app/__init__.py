"""Batches of CleverTap's mobile SDKs."""
