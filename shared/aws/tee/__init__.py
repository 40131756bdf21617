"""Requests to forward to vendors: their queue, their bodies and the vendors' answers."""
