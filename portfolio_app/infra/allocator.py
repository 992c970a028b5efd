"""The C library's allocator: how much of what was freed this process may keep."""

import ctypes
import platform
from typing import Final

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Numbers of the options in glibc's malloc.h."""
KEPT: Final = 1024 * 1024
"""Bytes: a block of so many is mapped by itself and goes back when it is freed, as does more at the end of a heap."""
ARENAS: Final = 2
"""Heaps: one of the event loop, one of all threads, which allocate little beside the interpreter's own arenas."""


def return_freed_memory() -> None:
    """Have glibc return what is freed; another C library does as it does.

    By itself glibc takes the largest block that was ever mapped and freed for usual, up to 32 MB, and keeps twice
    as much: a heap that has held the 19 MB of one password stayed as large, and so did all others from then on.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    tune = ctypes.CDLL(None).mallopt
    tune(_M_MMAP_THRESHOLD, KEPT)
    tune(_M_TRIM_THRESHOLD, KEPT)
    tune(_M_ARENA_MAX, ARENAS)
