"""Use cases of the live feed."""
