"""Rooms, messages and the policy that decides which of them wait for a moderator."""
