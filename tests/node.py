"""Scripts of the browser, run by Node."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def node() -> str:
    """Return the path of Node; without it the test is left out."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("needs Node")
    return found


def evaluate(script: str, data: Any) -> Any:
    """Return what the function body `script` returns for `data`, both as JSON; `load(path)` imports a module by its
    path below `cnnviz/ui`."""
    whole = f"""
        import {{ readFileSync }} from "node:fs";
        const load = (path) => import({json.dumps((ROOT / "cnnviz" / "ui").as_uri())} + "/" + path);
        const answer = await (async (data) => {{ {script} }})(JSON.parse(readFileSync(0, "utf8")));
        console.log(JSON.stringify(answer));"""
    run = subprocess.run(
        [node(), "--input-type=module", "--eval", whole],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
