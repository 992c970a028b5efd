"""What the process says on stdout: one JSON object a line, without secrets."""
