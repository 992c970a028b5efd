"""The launcher, run for real against the whole site."""
