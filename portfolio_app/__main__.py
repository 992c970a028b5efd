"""`python -m portfolio_app`: the management commands."""

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # two thousand modules leave next to no garbage; looking for it takes a quarter of the start
    from portfolio_app.launcher.commands import main

    gc.enable()
    sys.exit(main())
