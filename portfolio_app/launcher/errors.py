"""What stops a start."""


class LaunchError(Exception):
    """The start can't go on; the text is one line for the person at the terminal."""


def root_cause(error: BaseException) -> str:
    """The first line of what went wrong first, for a person who can act on it."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).splitlines() or [type(error).__name__])[0]
