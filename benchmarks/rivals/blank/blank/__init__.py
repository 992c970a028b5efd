"""A chat room in the framework's own idiom for shared data."""
