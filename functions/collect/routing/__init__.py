"""Which answer a request gets, by its path."""
