"""Memory that is freed goes back to the system."""

import ctypes
import platform
from pathlib import Path

import pytest

from portfolio_app.infra import allocator

BLOCK = 24 * 2**20


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's allocator")
def test_what_a_large_block_took_goes_back_however_often_there_was_one() -> None:
    allocator.return_freed_memory()
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    before = _resident()
    for _ in range(3):
        block = library.malloc(BLOCK - 2**20)  # the second one fits where the first was taken for usual
        assert block
        ctypes.memset(block, 1, BLOCK - 2**20)
        library.free(block)
    assert _resident() - before < BLOCK // 4


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
