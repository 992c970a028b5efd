"""Adapters: database, bus, hashing, sealing, limits, tracing. Knows the ports, never the browser."""
