"""A deployed stack, as AWS describes it to its operators."""
