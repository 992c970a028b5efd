"""Registering, signing in and out, and the tickets that carry a new session to the browser."""
