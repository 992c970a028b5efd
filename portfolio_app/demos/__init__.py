"""The owner's own demos: a file or a folder each, found by themselves."""

from portfolio_app import folders

# Whichever folder they lie in, their modules have the same names.
__path__ = [str(folders.demos())]
