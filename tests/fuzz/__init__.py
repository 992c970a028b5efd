"""Frames and requests that are almost right, by the thousand, and what a site must look like after them."""
