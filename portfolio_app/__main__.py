"""`python -m portfolio_app`: the management commands."""

import sys

from portfolio_app.launcher.commands import main

if __name__ == "__main__":
    sys.exit(main())
