"""A workspace to begin with: what `headrace init` writes."""
