"""The pictures in docs/screenshots/, taken of running sites in a browser."""
