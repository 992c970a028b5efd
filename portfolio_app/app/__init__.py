"""Use cases, the commands they take, and the ports they need; knows the domain and nothing else."""
