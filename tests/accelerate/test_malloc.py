import platform
import subprocess
import sys

import pytest

from cnnviz.accelerate import malloc

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


def faults(first=""):
    code = ASKS_TWENTY_TIMES.format(first=first)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no mallopt")
def test_a_process_that_keeps_freed_memory_needs_no_new_pages_for_the_next_block_of_that_size():
    assert 10 * faults("assert keep_freed_memory()") < faults()


def test_where_the_c_library_is_another_one_nothing_happens(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not malloc.keep_freed_memory()
