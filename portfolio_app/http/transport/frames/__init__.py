"""Open websockets: who they belong to, how many there may be, and which frames get in."""
