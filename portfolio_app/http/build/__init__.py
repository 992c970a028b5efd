"""What runs once, when the pages are built: heads, cards and icons, and what stands beside the Python."""
