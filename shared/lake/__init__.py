"""The lake's tables, with their rows and values."""
