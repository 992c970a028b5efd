"""`python -m portfolio_app`: the management commands."""

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # what modules make while they are imported stays, and would be looked through again and again
    from portfolio_app.launcher.commands import main

    gc.enable()
    sys.exit(main())
