"""Requests to be forwarded to vendors: their queue, and what became of them."""
