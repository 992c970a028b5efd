"""Rate limits: one table of numbers, counted in this process or in Redis."""
