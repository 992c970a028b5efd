"""Use cases of the load burst, and what a worker keeps in memory of the runs under way."""
