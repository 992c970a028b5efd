"""A portfolio whose every section is wired to the system that serves it."""
