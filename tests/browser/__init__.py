"""Tests in a real Chromium against the real server: what a person does."""
