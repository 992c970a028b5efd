"""Starts the site: builds the frontend when its sources changed, migrates, serves, stops cleanly."""
