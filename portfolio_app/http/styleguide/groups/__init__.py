"""The groups of the style guide, one file each."""
