"""What pages show: frozen values made from domain objects, small enough to live in a state."""
