"""A deployed stack, as AWS describes it to whoever operates it."""
