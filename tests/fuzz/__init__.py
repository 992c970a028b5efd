"""Fuzzing: mutated frames and requests by the thousand, and the state of a site after them."""
