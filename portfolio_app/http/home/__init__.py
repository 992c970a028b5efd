"""TODO home."""
