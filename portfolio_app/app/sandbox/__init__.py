"""The sandbox of the attacks: real tables, rows of their own."""
