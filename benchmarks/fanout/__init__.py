"""How fast, how small and how cheap one message reaches every tab of a room."""
