import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="has no niceness")
def test_a_process_that_trains_has_a_niceness_of_ten_however_often_it_asks_and_keeps_a_higher_one():
    code = (
        "import os; from cnnviz.runs.priority import lower_priority; lower_priority(); lower_priority(); "
        "print(os.nice(0)); os.nice(5); lower_priority(); print(os.nice(0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first = max(10, os.nice(0))
    assert list(map(int, done.stdout.split())) == [first, min(19, first + 5)]
