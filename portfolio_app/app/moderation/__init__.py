"""Deciding on messages that were held back."""
