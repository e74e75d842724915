"""Networks of the zoo as text with one number changed so that they break."""

import ast
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from cnnviz.definitions.pytorch.reader import read_pytorch
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.errors import UserError
from cnnviz.trace import trace
from cnnviz.trace.source import to_pytorch
from cnnviz.zoo import ARCHITECTURES, build

FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lenet", {}),
    ("lenet", {"pool": "max", "padding": 0, "batch_norm": "full"}),
    ("alexnet", {}),
    ("alexnet", {"form": "paper"}),
    ("vgg", {}),
    ("vgg", {"config": "D"}),
    ("nin", {}),
    ("googlenet", {}),
    ("resnet", {}),
    ("resnet", {"form": "torchvision", "depth": 50}),
    ("densenet", {}),
    ("mobilenet", {}),
    ("mobilenet", {"version": "v2"}),
    ("mobilenet", {"version": "v3-small"}),
)


class Mutant(NamedTuple):
    """A text that breaks, its image, and the line of the number that was changed."""

    source: str
    shape: tuple[int, int, int]
    line: int
    before: int
    after: int


def mutants(count: int, seed: int) -> Iterator[Mutant]:
    """Yield texts of zoo networks with one number changed, each of which breaks by a shape."""
    random_ = random.Random(seed)
    sources = []
    for name, options in FORMS:
        entry = ARCHITECTURES[name]
        shape = entry.input_shape(entry.resolve(options))
        model = build(name, options, device="meta")
        sources.append((to_pytorch(model, trace(model, shape)), shape))
    found = 0
    while found < count:
        source, shape = random_.choice(sources)
        place = random_.choice(_numbers(source))
        after = _other(random_, place.value)
        lines = source.split("\n")
        line = lines[place.lineno - 1].encode()
        changed = line[: place.col_offset] + str(after).encode() + line[place.end_col_offset :]
        lines[place.lineno - 1] = changed.decode()
        text = "\n".join(lines)
        try:
            read = read_pytorch(text, shape)
        except UserError:
            continue
        if infer_shapes(read.definition, shape).clash is not None:
            found += 1
            yield Mutant(text, shape, place.lineno, place.value, after)


def _numbers(source: str) -> list[Any]:
    """Return the whole numbers that stand in calls of layers and blocks."""
    tree = ast.parse(source)
    tree.body = [one for one in tree.body if not isinstance(one, ast.If)]
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    parts = (part for call in calls for part in (*call.args, *(keyword.value for keyword in call.keywords)))
    return [
        one
        for part in parts
        for one in ([part, *part.elts] if isinstance(part, ast.Tuple) else [part])
        if isinstance(one, ast.Constant) and type(one.value) is int
    ]


def _other(random_: random.Random, number: int) -> int:
    """Return a number near another one, as a slip of the hand makes it."""
    choices = [number + 1, number - 1, number + 2, number * 2, number // 2, number * 10, int(str(number)[::-1])]
    return random_.choice([one for one in choices if one != number and one >= 0])
