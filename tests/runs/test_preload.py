import subprocess
import sys

import pytest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
def test_what_workers_are_forked_from_has_one_thread_and_no_cuda():
    code = (
        "import os, sys, cnnviz.runs.preload, torch; "
        "sys.exit(len(os.listdir('/proc/self/task')) - 1 + torch.cuda.is_initialized())"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_process_that_workers_are_forked_from_ends_without_a_word():
    done = subprocess.run([sys.executable, "-c", "import cnnviz.runs.preload"], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
