"""`python -m portfolio_app`: the management commands."""

import gc
import os
import sys

if __name__ == "__main__":
    # Before the framework is imported: only there a site in service does without its check of each assignment for
    # names that are misspelled. What is started from here, `dev` among it, gets an environment of its own.
    os.environ["REFLEX_ENV_MODE"] = "prod"
    gc.disable()  # what modules make while they are imported stays, and would be looked through again and again
    from portfolio_app.launcher.commands import main

    gc.enable()
    sys.exit(main())
