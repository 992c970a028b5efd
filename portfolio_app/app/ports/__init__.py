"""Ports: the needs of use cases from the outside world, one protocol a file."""
