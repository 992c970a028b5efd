"""TODO writing."""
