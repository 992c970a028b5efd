"""Value objects, entities, events and errors: pure, no I/O, standard library only."""
