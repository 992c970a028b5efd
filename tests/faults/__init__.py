"""What breaks around a running site, and what must hold all the same."""
