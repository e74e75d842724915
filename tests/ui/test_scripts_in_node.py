"""The tests of the browser's pure scripts, which Node runs: `npm test`."""

import subprocess

from tests.node import ROOT, node


def test_the_tests_of_the_scripts_pass_in_node() -> None:
    files = sorted(str(path) for path in (ROOT / "tests").rglob("*.test.js"))
    assert files
    run = subprocess.run([node(), "--test", *files], capture_output=True, text=True, timeout=240, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
