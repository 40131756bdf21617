"""The lake's tables, and the rows and values in them."""
