"""A method added the way CONTRIBUTING says, to a copy of the project: listed, drawn by the command line, exported."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FILE = '''"""The absolute gradient: the size of ∂f/∂x."""

from captum.attr import Saliency

from cnnviz.attribution.base import Method, MethodInput, MethodResult


def absolute_gradient(inputs: MethodInput) -> MethodResult:
    """Return |∂f/∂x|."""
    return MethodResult(Saliency(inputs.f).attribute(inputs.differentiable_image)[0])


ABSOLUTE_GRADIENT = Method(
    "absolute-gradient",
    absolute_gradient,
    "Saliency",
    "Saliency({model}).attribute(image, {target})[0]",
    lambda options, shape: 1,
    "Simonyan, Vedaldi & Zisserman 2014, arXiv:1312.6034",
    signed=False,
    slopes=True,
)
'''
WORDS = "[method.absolute-gradient]\n" + "".join(
    f'{fact}.{language} = "{fact} in {language}"\n'
    for fact in ("title", "idea", "colours", "limits")
    for language in ("en", "zh-Hans", "zh-Hant")
)
ASK = """
import sys, torch
from cnnviz.attribution import Target, find_method
from cnnviz.attribution.export import export_script, npz_bytes
from cnnviz.text import LANGUAGES
from cnnviz.zoo import build

model, image = build("lenet", {}, (1, 28, 28), 10, seed=1), torch.rand(1, 1, 28, 28)
method = find_method("absolute-gradient")
found = method.attribute(model, image, Target(3))
assert torch.equal(found.values, find_method("gradient").attribute(model, image, Target(3)).values.abs())
assert not found.signed
assert [method.describe("title", language) for language in LANGUAGES] == [f"title in {one}" for one in LANGUAGES]
open("map.npz", "wb").write(npz_bytes(found, image, 0.0))
network = 'from cnnviz.zoo import build\\n\\nmodel = build("lenet", {}, (1, 28, 28), 10, seed=1)'
print(export_script(found, network, "map.npz"))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the package with one more method: its file, its line in the table, its words."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "cnnviz", folder / "cnnviz", ignore=shutil.ignore_patterns("__pycache__"))
    package = folder / "cnnviz"
    (package / "attribution" / "methods" / "absolute_gradient.py").write_text(FILE, encoding="utf-8")
    table = package / "attribution" / "table.py"
    source = table.read_text(encoding="utf-8")
    source = source.replace(
        "from cnnviz.errors",
        "from cnnviz.attribution.methods.absolute_gradient import ABSOLUTE_GRADIENT\nfrom cnnviz.errors",
    ).replace("            NEURON_GRADIENT,\n", "            NEURON_GRADIENT,\n            ABSOLUTE_GRADIENT,\n")
    table.write_text(source, encoding="utf-8")
    with (package / "text" / "attribution.toml").open("a", encoding="utf-8") as words:
        words.write(f"\n{WORDS}")
    return folder


def _python(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_file_one_line_and_its_words_make_a_method(project: Path) -> None:
    listed = json.loads(_python(project, "-m", "cnnviz", "list", "--json"))
    assert listed["methods"][-1] == "absolute-gradient"
    script = _python(project, "-c", ASK)
    assert "Saliency(model).attribute(image, target=3)" in script
    (project / "again.py").write_text(script, encoding="utf-8")
    assert float(_python(project, "again.py").split(":")[1]) < 1e-6
