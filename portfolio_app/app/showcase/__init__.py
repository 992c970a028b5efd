"""The visitor's own facts and the chat's controls, for the front page."""
