"""Reads a request, whatever the gateway and the client made of it, and writes the answer."""
