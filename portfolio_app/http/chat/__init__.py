"""TODO chat."""
