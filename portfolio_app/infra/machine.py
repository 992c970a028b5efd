"""The machine that this process runs on."""

import os
import platform
from pathlib import Path
from typing import Final

from portfolio_app.app.burst.record import Machine

_CPUINFO: Final = Path("/proc/cpuinfo")


def this_machine(server_workers: int) -> Machine:
    """Processor, its cores and the Python, as the operating system names them."""
    return Machine(_processor(), os.cpu_count() or 1, platform.python_version(), server_workers)


def _processor() -> str:
    if _CPUINFO.exists():
        for line in _CPUINFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
