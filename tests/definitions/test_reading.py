"""Texts as people write them are read, and what cannot be read gets one sentence with its place."""

from typing import Any

import pytest
import torch
from torch import nn

from cnnviz.definitions import build, parse_pytorch
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.trace import trace
from tests.definitions.classes_people_write import READ_CLASSES, REFUSED

SHAPE = (3, 32, 32)


def run_by_python(source: str) -> nn.Module:
    """Run a text of this test, as its author would; for comparison alone."""
    lines = [
        line for line in source.splitlines() if not line.startswith(("import a", "import n", "from torchv", "train_"))
    ]
    space: dict[str, Any] = {"__name__": "run"}
    exec("\n".join(lines), space)
    found = space.get("net") or space.get("model")
    return (found or [value for value in space.values() if isinstance(value, type)][-1]()).eval()


@pytest.mark.parametrize("name", READ_CLASSES)
def test_a_class_as_people_write_it_is_the_network_that_python_makes_of_it(name: str) -> None:
    definition = parse_pytorch(READ_CLASSES[name], SHAPE)
    network = build(definition)
    theirs = run_by_python(READ_CLASSES[name])
    image = torch.rand(2, *SHAPE)
    with torch.no_grad():
        theirs(image)  # lazy layers find their sizes
    own = {
        key.encode("ascii", "replace").decode().replace("?", "_"): value for key, value in theirs.state_dict().items()
    }
    used = network.state_dict()
    assert set(used) <= set(own)
    assert [key for key in own if key in used] == [*used]
    network.load_state_dict({key: own[key] for key in used})
    with torch.no_grad():
        torch.testing.assert_close(network(image), theirs(image))
    assert trace(network, SHAPE).layers[-1].shape == (10,)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_gets_its_sentence_with_its_line(name: str) -> None:
    source, key, line = REFUSED[name]
    with pytest.raises(UserError) as caught:
        parse_pytorch(source, SHAPE)
    assert caught.value.key == key
    assert getattr(caught.value, "line", 0) == line
    for language in LANGUAGES:
        assert "{" not in caught.value.describe(language)


def test_a_place_counts_lines_and_columns_from_one() -> None:
    with pytest.raises(SourceError) as caught:
        parse_pytorch("net = nn.Sequential(\n    nn.Conv2d(1, 2, 3),\n    nn.Magic(3))", (1, 8, 8))
    assert (caught.value.line, caught.value.column) == (3, 5)
    assert str(caught.value).startswith("Line 3, column 5: `nn.Magic`")
