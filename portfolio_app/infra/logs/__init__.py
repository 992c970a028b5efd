"""The log on stdout: one JSON object a line, without secrets."""
