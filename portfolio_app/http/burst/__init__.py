"""The load burst: its controls, what it shows while it runs, its receipt, and recorded runs."""
