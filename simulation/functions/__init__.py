"""The real handlers, in execution environments as Lambda has them."""
