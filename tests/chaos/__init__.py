"""Two hosts under faults, a recorded history of who was promised and shown what, and a checker that judges it."""
