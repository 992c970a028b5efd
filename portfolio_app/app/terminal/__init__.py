"""A terminal follows a session: its key, and the session that the key opens."""
