"""Whose request it is: sources and their credentials."""
