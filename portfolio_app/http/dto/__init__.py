"""What clients may send: strict, closed, and parsed before anything else looks at it."""
