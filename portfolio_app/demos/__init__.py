"""The owner's own demos: a file or a folder each, found by themselves."""
