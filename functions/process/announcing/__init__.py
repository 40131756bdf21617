"""Announce the decisions about records after they are saved."""
