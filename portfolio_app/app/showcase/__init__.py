"""What the front page tells a visitor about themselves and about the chat's controls."""
