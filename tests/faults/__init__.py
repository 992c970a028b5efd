"""Faults around a running site, and the promises that hold all the same."""
