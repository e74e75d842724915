import platform
import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz.accelerate import malloc

ROOT = Path(__file__).parents[2]
ASKS_TWENTY_TIMES = """
import resource
from cnnviz.accelerate.malloc import keep_freed_memory
size = 64_000_000
{first}
b"x" * size
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    b"x" * size
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

TWELVE_THREADS = """
import ctypes
import os
from threading import Barrier, Thread
{first}
barrier = Barrier(13)
def work():
    block = b"x" * 10_000
    barrier.wait()  # all have asked for memory
    barrier.wait()  # and the arenas are counted
threads = [Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
barrier.wait()
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
reader, writer = os.pipe()
file = ctypes.c_void_p(library.fdopen(writer, b"w"))
library.malloc_info(0, file)
library.fclose(file)
print(os.fdopen(reader).read().count("<heap nr="))
barrier.wait()
"""

needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no mallopt")


def printed(code, first):
    code = code.format(first=first)
    return int(
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )


def faults(first=""):
    return printed(ASKS_TWENTY_TIMES, first)


@needs_glibc
def test_all_threads_of_a_server_share_two_arenas_where_each_would_have_its_own():
    assert printed(TWELVE_THREADS, "import app") == 2
    assert printed(TWELVE_THREADS, "") > 6


@needs_glibc
def test_a_process_that_keeps_freed_memory_needs_no_new_pages_for_the_next_block_of_that_size():
    assert 10 * faults("assert keep_freed_memory()") < faults()


def test_where_the_c_library_is_another_one_nothing_happens(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not malloc.keep_freed_memory()
    assert not malloc.limit_arenas()
