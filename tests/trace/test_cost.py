"""Memory and stage totals against hand calculation."""

import pytest
import torch
from torch import Tensor, nn

from cnnviz import zoo
from cnnviz.trace import by_stage, fold, memory, trace, unfold
from cnnviz.trace.cost import peak_activations


class Branches(nn.Module):
    """A 400-byte image; two branches kept until they meet, a chain that lets go of what it has read."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(1, 3, 1, bias=False)
        self.relu = nn.ReLU()
        self.narrow = nn.Conv2d(3, 1, 1, bias=False)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(self.narrow(self.relu(self.wide(x))) + x).flatten(1)


def test_the_peak_of_live_activations_follows_the_graph():
    facts = trace(Branches(), (1, 10, 10))
    # relu runs: the image (400, needed by add), wide (1200) and relu (1200)
    assert peak_activations(facts) == 400 + 1200 + 1200
    assert peak_activations(trace(nn.Sequential(nn.ReLU(), nn.ReLU(), nn.ReLU()), (1, 10, 10))) == 800
    assert peak_activations(trace(nn.Sequential(nn.ReLU(inplace=True), nn.Flatten()), (1, 10, 10))) == 400


@pytest.mark.parametrize(("optimizer", "state"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_training_keeps_every_activation_gradients_and_the_optimizers_state(optimizer, state):
    model = Branches()
    model.narrow.requires_grad_(False)
    both = memory(trace(model, (1, 10, 10)), 8, optimizer)
    assert both.predict.total == 6 * 4 + 8 * 2800
    assert (both.train.parameters, both.train.gradients, both.train.optimizer) == (24, 12, 12 * state)
    assert both.train.activations == 8 * (400 + 1200 + 1200 + 400 + 400 + 400)
    assert both.train.total == 36 + 12 * state + 8 * 4000


def test_vggs_dense_layers_hold_what_the_course_says():
    facts = trace(zoo.build("vgg", device="meta"), (1, 224, 224))
    stages = by_stage(facts)
    assert sum(stage.params for stage in stages) == 128_806_154
    assert sum(stage.macs for stage in stages) == 7_547_232_256
    assert sum(stage.activation_bytes for stage in stages) == sum(row.activation_bytes for row in facts.layers)
    dense = [row for row in facts.layers if row.kind == "Linear"]
    assert sum(row.num_params for row in dense) == 119_586_826
    first = memory(facts)
    assert first.predict.parameters == 4 * 128_806_154
    # the second ReLU of the first block is the widest moment: its input and its output, 64×224×224 each
    assert first.predict.activations == 2 * 4 * 64 * 224 * 224


FORMS = [
    ("lenet", {}),
    ("vgg", {"config": "E"}),
    ("nin", {}),
    ("googlenet", {}),
    ("resnet", {"form": "torchvision", "depth": 152}),
    ("densenet", {}),
    ("mobilenet", {}),
    ("mobilenet", {"version": "v3-large"}),
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_folded_trace_unfolds_to_its_rows(form):
    entry = zoo.architecture(form[0])
    shape = entry.input_shape(entry.settle(form[1]))
    facts = trace(zoo.build(form[0], form[1], shape, device="meta"), shape)
    tree = fold(facts)
    assert unfold(tree) == facts.layers
    assert sum(part.num_params for part in tree) == facts.num_params
    assert sum(part.macs for part in tree) == facts.macs

    def look(part):
        for turn in part.turns:
            assert [child.kind for child in turn] == [child.kind for child in part.turns[0]]
            assert [row.shape for child in turn for row in child.rows()] == [
                row.shape for child in part.turns[0] for row in child.rows()
            ]
        for child in part.children:
            look(child)

    for part in tree:
        look(part)


def repeats(parts):
    for part in parts:
        if part.kind == "repeat":
            yield part
        yield from repeats(part.children)


def test_equal_blocks_fold_to_one_with_its_count_and_shapes():
    with torch.device("meta"):
        model = zoo.build("resnet", {"form": "torchvision", "depth": 50}, (3, 224, 224), 1000, device="meta")
    tree = fold(trace(model, (3, 224, 224)))
    folded = [part for part in repeats(tree) if part.children[0].kind == "block"]
    # of [3, 4, 6, 3] bottlenecks the first of a stage differs
    assert [(part.count, part.input_shape, part.shape) for part in folded] == [
        (2, (256, 56, 56), (256, 56, 56)),
        (3, (512, 28, 28), (512, 28, 28)),
        (5, (1024, 14, 14), (1024, 14, 14)),
        (2, (2048, 7, 7), (2048, 7, 7)),
    ]
    assert all(len(list(part.children[0].rows())) == 10 for part in folded)


def test_layers_that_repeat_in_turns_fold_together():
    pair = [nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()]
    model = nn.Sequential(nn.Conv2d(1, 4, 3), *pair, nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 1))
    tree = fold(trace(model, (1, 8, 8)))
    assert [(part.kind, part.count) for part in tree] == [("row", 1), ("repeat", 2), ("row", 1)]
    assert [child.path for child in tree[1].children] == ["1", "2"]


def test_like_layers_wired_differently_do_not_fold():
    class Wired(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            a = x + x
            b = a + x
            return b + a

    assert [part.kind for part in fold(trace(Wired(), (1, 2, 2)))] == ["row"] * 3
