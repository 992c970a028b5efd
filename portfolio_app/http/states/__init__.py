"""Reflex states: one per page concern; each handler parses, asks a service once, and assigns a view."""
