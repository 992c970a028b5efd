"""Attacks on the running site: the front page's buttons and the tests run the same definitions."""
