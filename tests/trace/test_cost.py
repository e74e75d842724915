"""Memory and stage totals against hand calculation."""

import pytest
from torch import Tensor, nn

from cnnviz import zoo
from cnnviz.trace import cost_by_stage, memory, trace
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
    stages = cost_by_stage(facts)
    assert sum(stage.params for stage in stages) == 128_806_154
    assert sum(stage.macs for stage in stages) == 7_547_232_256
    assert sum(stage.activation_bytes for stage in stages) == sum(row.activation_bytes for row in facts.layers)
    dense = [row for row in facts.layers if row.kind == "Linear"]
    assert sum(row.num_params for row in dense) == 119_586_826
    first = memory(facts)
    assert first.predict.parameters == 4 * 128_806_154
    # the second ReLU of the first block is the widest moment: its input and its output, 64×224×224 each
    assert first.predict.activations == 2 * 4 * 64 * 224 * 224
