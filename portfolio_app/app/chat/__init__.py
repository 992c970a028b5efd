"""Posting to and reading from rooms."""
