"""Calls to addresses that operators wrote down."""
