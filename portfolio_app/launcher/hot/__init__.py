"""`make dev`: what a change leaves untouched stays imported, and the open pages are compiled first."""
