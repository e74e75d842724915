"""CONTRIBUTING's "Add an architecture", done with a small network in a copy of the project."""

import json
from pathlib import Path

from tests.project_copy import ProjectCopy

BUILDER = '''"""Toy: one convolution, one pool, one dense layer."""

from collections import OrderedDict

from torch import nn

from cnnviz.options import Choice, Option
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels
from cnnviz.zoo.common_options import WIDTH


def toy(
    input_shape: Shape = (1, 28, 28), num_classes: int = 10, *, kernel: int = 3, width: float = 1.0
) -> nn.Sequential:
    """One convolution and the mean of each map: (N, C, H, W) -> (N, num_classes)."""
    channels = scale_channels(16, width)
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(input_shape[0], channels, kernel),
            relu=nn.ReLU(),
            gap=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            fc=nn.Linear(channels, num_classes),
        )
    )


TOY = Architecture(
    name="toy",
    title="Toy",
    year=2026,
    authors="Nobody",
    paper=Paper("A toy", "none", "https://example.org"),
    build=toy,
    options=(Option("kernel", Choice((3, 5)), 3), WIDTH),
    input_shape=lambda options: (1, 28, 28),
    num_classes=lambda options: 10,
    recipes=(CourseRecipe(0.1, 256, 28),),
    quick=QuickRecipe(0.002, 28, 300),
)
'''
SENTENCE = 'en = "Toy"\nzh-Hans = "玩具"\nzh-Hant = "玩具"\n'
KEYS = (
    "idea", "line", "changed", "origin", "option.kernel.label", "option.kernel.help", "option.kernel.value.3",
    "option.kernel.value.5", "option.width.label", "option.width.help", 'why."*"',
)  # fmt: skip
SCRIPT = """
import torch
from cnnviz import zoo
from cnnviz.cli.command import main
from cnnviz.text import load
from cnnviz.zoo.layer_purpose import purpose_key

network = zoo.build("toy", {"kernel": 5, "width": 0.5}, (3, 32, 32), 4)
print(tuple(network(torch.zeros(2, 3, 32, 32)).shape), sum(p.numel() for p in network.parameters()))
print(load("zoo/toy", "en")(purpose_key("toy", "conv")))
main(["list", "--json"])
print("---")
main(["trace", "toy", "-o", "kernel=5", "--json"])
"""


def test_an_architecture_is_added_by_one_file_one_line_and_its_words(tmp_path: Path) -> None:
    project = ProjectCopy(tmp_path)
    project.write("cnnviz/zoo/toy.py", BUILDER)
    project.insert("cnnviz/zoo/table.py", "from cnnviz.zoo.vgg import", "from cnnviz.zoo.toy import TOY\n")
    project.insert("cnnviz/zoo/table.py", "            MOBILENET,\n", "            TOY,\n")
    project.write("cnnviz/text/zoo/toy.toml", "\n".join(f"[{key}]\n{SENTENCE}" for key in KEYS))
    parameters = 8 * (3 * 25 + 1) + 4 * (8 + 1)
    shape, purpose, printed = project.run("-c", SCRIPT).split("\n", 2)
    assert (shape, purpose) == (f"(2, 4) {parameters}", "Toy")
    listed, traced = map(json.loads, printed.split("---"))
    assert [entry["name"] for entry in listed["architectures"]][-2:] == ["toy", "mobilenet"]
    assert [(row["kind"], row["shape"]) for row in traced["layers"]] == [
        ("Conv2d", [16, 24, 24]),
        ("ReLU", [16, 24, 24]),
        ("AdaptiveAvgPool2d", [16, 1, 1]),
        ("Flatten", [16]),
        ("Linear", [10]),
    ]
    project.run("-m", "cnnviz.facts.make")
    made = json.loads((tmp_path / "cnnviz/facts/facts.json").read_text(encoding="utf-8"))
    assert "toy" in [network["name"] for network in made["networks"]]
