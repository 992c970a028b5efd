"""`python -m portfolio_app`: the management commands."""

import gc
import os
import sys


def _open_standard_files() -> None:
    """Put /dev/null where a supervisor, or `>&-`, has closed one: the next socket would have its number.

    What prints, and what warns from C, would write into that; and the event loop ends the process when it closes one.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


if __name__ == "__main__":
    _open_standard_files()
    # Before the framework is imported: only there a site in service does without its check of each assignment for
    # names that are misspelled. What is started from here, `dev` among it, gets an environment of its own.
    os.environ["REFLEX_ENV_MODE"] = "prod"
    gc.disable()  # what modules make while they are imported stays, and would be looked through again and again
    from portfolio_app.launcher.commands import main

    gc.enable()
    sys.exit(main())
