"""People who registered, what they may do, and the sessions everybody has."""
