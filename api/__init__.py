"""Doors over HTTP: each route checks its input, calls one function of `kg` and shapes the answer."""
