"""TODO log."""
