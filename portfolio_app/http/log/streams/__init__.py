"""Server-Sent Event streams of the live feed, for terminals."""
