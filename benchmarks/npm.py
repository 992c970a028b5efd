"""Programs from npm that a measure needs, in the virtual environment with all else that is installed."""

import os
import subprocess
from pathlib import Path

from portfolio_app.launcher.toolchain import BIN


def installed(package: str, version: str) -> Path:
    """The folder of a package at one version; its first use installs it, which needs the network."""
    folder = BIN.parent / f"{package}-{version}"
    found = folder / "node_modules" / package
    if not found.exists():
        print(f"Installing {package} {version} into {folder}", flush=True)
        options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        environment = os.environ | {"PATH": os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))}
        command = (str(BIN / "npm"), "install", "--prefix", str(folder), *options, f"{package}@{version}")
        subprocess.run(command, env=environment, check=True)
    return found
