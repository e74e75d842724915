"""A network that breaks is told where and why, and every fix that is offered makes it run."""

import pytest

from cnnviz.definitions import build, parse_pytorch
from cnnviz.definitions.diagnosis import diagnose
from cnnviz.definitions.diagnosis_words import describe_advice, describe_fix
from cnnviz.definitions.text_diagnosis import diagnose_source
from cnnviz.text import LANGUAGES
from cnnviz.trace import trace
from tests.definitions.course_cells import CELLS
from tests.definitions.mutants import mutants

LENET = """
class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 32, 3, stride=1)
        self.fc1 = nn.Linear(1050, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return self.fc2(F.relu(self.fc1(x)))
"""


def test_the_break_is_arithmetic_at_the_line_of_the_text_with_a_fix_that_was_tried() -> None:
    read, found = diagnose_source(LENET, (1, 36, 36))
    assert found.clash is not None
    assert found.clash.arithmetic == "32·7·7 = 1568 ≠ 1050"
    assert found.lines == (7,)
    assert found.reached is not None
    assert trace(build(found.reached, device="meta"), (1, 36, 36)).layers[-1].shape == (1568,)
    first = found.fixes[0]
    assert (first.setting, first.before, first.after, first.line) == ("in_features", 1050, 1568, 7)
    assert first.source == LENET.replace("1050", "1568")
    for fix in found.fixes:
        assert fix.source is not None
        again = parse_pytorch(fix.source, (1, 36, 36))
        assert trace(build(again, device="meta"), (1, 36, 36)).layers[-1].shape == (10,)
    assert describe_fix(found, first, "en") == "In fc1 (Linear), change in_features from 1050 to 1568."
    assert read.definition.nodes[found.broken or 0].line == 7


@pytest.mark.parametrize(
    ("layers", "shape", "key", "fix"),
    [
        ("nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(5408, 10)", (1, 28, 28), "clash_channels", ("in_channels", 1)),
        ("nn.Conv2d(1, 8, 3), nn.BatchNorm2d(6), nn.Flatten(), nn.LazyLinear(9)", (1, 8, 8), "clash_channels",
         ("num_features", 8)),
        ("nn.Conv2d(1, 8, 3), nn.Linear(288, 10)", (1, 8, 8), "clash_features", ("", "flatten")),
        ("nn.Conv2d(1, 8, 9), nn.Flatten(), nn.LazyLinear(10)", (1, 8, 8), "clash_window", ("padding", 1)),
        ("nn.Conv2d(1, 8, 3), nn.Conv2d(8, 12, 3, groups=3)", (1, 8, 8), "clash_groups", ("groups", 4)),
        ("nn.MaxPool2d(2, padding=2), nn.Flatten()", (1, 8, 8), "clash_pool_padding", ("padding", 1)),
        ("nn.Flatten(0), nn.Linear(64, 10)", (1, 8, 8), "clash_batch", ("start_dim", 1)),
    ],
)  # fmt: skip
def test_a_fix_of_each_kind_is_found_and_runs(layers: str, shape: tuple[int, ...], key: str, fix: object) -> None:
    found = diagnose(parse_pytorch(f"net = nn.Sequential({layers})", shape), shape)
    assert found.clash is not None
    assert found.clash.key == key
    assert fix in [(one.setting, one.after) for one in found.fixes]
    for one in found.fixes:
        trace(build(one.definition, device="meta"), shape)
        for language in LANGUAGES:
            assert "{" not in describe_fix(found, one, language)


def test_paths_of_different_size_are_made_equal() -> None:
    source = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.Conv2d(1, 8, 3, padding=1, stride=2)\n        self.b = nn.Conv2d(1, 8, 1)\n"
        "    def forward(self, x):\n        return self.a(x) + self.b(x)\n"
    )
    _, found = diagnose_source(source, (1, 8, 8))
    assert found.clash is not None
    assert found.clash.arithmetic == "8×4×4 ≠ 8×8×8"
    assert ("stride", 1) in [(fix.setting, fix.after) for fix in found.fixes]


def test_one_number_mutants_are_told_their_line_and_a_fix() -> None:
    named = fixed = 0
    sample = list(mutants(12, seed=11))
    for mutant in sample:
        _, found = diagnose_source(mutant.source, mutant.shape)
        named += mutant.line in (*found.lines, *(fix.line for fix in found.fixes))
        fixed += bool(found.fixes)
    assert named >= 0.95 * len(sample)
    assert fixed >= 0.9 * len(sample)


@pytest.mark.parametrize(
    ("layers", "key", "words"),
    [
        ("nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(9)", "advice.bias_before_norm",
         "has 4 biases"),
        ("nn.Flatten(), nn.Linear(64, 10), nn.Softmax(dim=1)", "advice.softmax", "cross-entropy"),
        ("nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(9)", "advice.two_linear",
         "without a nonlinearity"),
        ("nn.Flatten(), nn.Linear(64, 10), nn.ReLU()", "advice.relu", "behind the scores"),
        ("nn.MaxPool2d(3), nn.Flatten(), nn.LazyLinear(9)", "advice.cut", "(8 + 2·0 − 3) / 3 = 1.66667"),
    ],
)  # fmt: skip
def test_a_habit_is_advised_against_with_its_reason(layers: str, key: str, words: str) -> None:
    found = diagnose(parse_pytorch(f"net = nn.Sequential({layers})", (1, 8, 8)))
    assert [one.key for one in found.advice] == [key]
    assert words in describe_advice(found.advice[0], "en")
    for language in LANGUAGES:
        assert "{" not in describe_advice(found.advice[0], language)


def test_the_course_s_networks_get_no_more_advice_than_they_deserve() -> None:
    said = {
        name: {one.key for one in diagnose(parse_pytorch(cell.source, cell.shape)).advice}
        for name, cell in CELLS.items()
    }
    assert said["lenet, eager"] == set()
    assert said["nin, eager"] == {"advice.relu", "advice.cut"}
    assert said["resnet, eager"] == {"advice.bias_before_norm"}
    assert "advice.two_linear" not in {key for keys in said.values() for key in keys}
