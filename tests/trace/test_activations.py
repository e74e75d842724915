"""The numbers behind a trace: equal to a plain forward, bit by bit, and bounded in memory."""

import copy
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.trace import LazyActivations, trace

FORMS = [
    ("lenet", {"batch_norm": "variance"}, (1, 28, 28)),
    ("alexnet", {"form": "paper", "hidden": 32}, (3, 99, 99)),
    ("vgg", {"config": "A-LRN", "hidden": 32}, (3, 64, 64)),
    ("nin", {}, (1, 96, 96)),
    ("googlenet", {}, (1, 64, 64)),
    ("googlenet", {"form": "torchvision"}, (3, 64, 64)),
    ("resnet", {}, (1, 64, 64)),
    ("resnet", {"form": "torchvision", "depth": 50, "order": "pre"}, (3, 64, 64)),
    ("densenet", {}, (1, 64, 64)),
    ("mobilenet", {}, (1, 64, 64)),
    ("mobilenet", {"version": "v2"}, (3, 64, 64)),
    ("mobilenet", {"version": "v3-small"}, (3, 64, 64)),
]

JOINED = {
    "add": lambda read: read[0] + read[1],
    "mul": lambda read: read[0] * read[1],
    "cat": lambda read: torch.cat(read, 1),
}


def plain_outputs(model: nn.Module, image: Tensor) -> dict[str, Tensor]:
    """What a hook on every leaf sees in one ordinary pass of a copy."""
    model, found = copy.deepcopy(model).eval(), {}
    for name, module in model.named_modules():
        if not any(module.children()):
            module.register_forward_hook(lambda _m, _i, out, name=name: found.setdefault(name, out.clone()))
    with torch.no_grad():
        found["the end"] = model(image)
    return found


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_output_equals_a_plain_forward_and_repeats_from_its_inputs(form):
    name, options, shape = form
    model = zoo.build(name, {**options, "width": 0.25}, shape, 10).train()
    image = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
    facts, plain = trace(model, shape), plain_outputs(model, image)
    walk = LazyActivations(model, facts, image, budget=2**20)
    double = copy.deepcopy(model).eval()
    for row in facts.layers:
        out, inputs = walk.output(row.name), walk.inputs(row.name)
        assert tuple(out.shape[1:]) == row.shape
        assert tuple(tuple(t.shape[1:]) for t in inputs) == row.input_shapes
        with torch.no_grad():
            if row.name in plain:
                assert torch.equal(out, plain[row.name]), row.name
                again = double.get_submodule(row.name)(*inputs)
            else:
                again = JOINED[row.kind](inputs)
            assert torch.equal(out, again), row.name
    assert torch.equal(walk.output(facts.layers[-1].name), plain["the end"])
    assert model.training
    assert all(module.training for module in model.modules())


class InPlace(nn.Module):
    """Whatever overwrites: in-place layers, operators and functions, and constants made on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.weight = nn.Parameter(torch.rand(4, 4, 3, 3))
        self.gain = [torch.rand(4)]
        self.register_buffer("shift", torch.rand(4))

    def forward(self, x: Tensor) -> Tensor:
        a = self.relu(self.conv(x))
        b = F.relu(F.conv2d(a, self.weight, padding=1) - 1, inplace=True)
        b += a
        b.mul_(self.shift.view(1, -1, 1, 1))
        c, d = b.split([1, 3], dim=1)
        e = torch.cat([d, c], dim=1) * self.gain[0][:, None, None] + torch.arange(b.shape[3], device=x.device)
        e[:, 0] = 0
        return e.flatten(1)


def test_in_place_code_and_constants_give_what_a_plain_pass_gives_in_any_order():
    model, shape = InPlace(), (1, 6, 6)
    image = torch.randn(1, *shape)
    walk = LazyActivations(model, trace(model, shape), image)
    names = [row.name for row in walk.trace.layers]
    last = walk.output(names[-1]).clone()
    with torch.no_grad():
        assert torch.equal(last, model(image))
    first = [walk.output(name).clone() for name in names]
    for name, before in zip(reversed(names), reversed(first), strict=True):
        assert torch.equal(walk.output(name), before)
    assert (first[names.index("relu")] >= 0).all()
    assert not (first[names.index("conv")] >= 0).all()
    assert [t.shape[1] for t in walk.outputs("split")] == [1, 3]


def test_what_a_view_overwrote_behind_the_graphs_back_is_refused():
    class Behind(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            x = x * 1
            x[:, :, 0].zero_()
            return x + 1

    facts = trace(Behind(), (1, 4, 4))
    assert facts["add"].receptive_field.extent == "unknown"
    with pytest.raises(UserError) as caught:
        LazyActivations(Behind(), facts, torch.ones(1, 1, 4, 4)).output("add")
    assert (caught.value.key, caught.value.values["layer"]) == ("walk_in_place", "add")


def test_the_next_layer_costs_one_call_and_a_held_one_none():
    with torch.device("meta"):
        shapes = torchvision.models.resnet18()
    model = torchvision.models.resnet18()
    facts = trace(shapes, (3, 64, 64))
    walk = LazyActivations(model, facts, torch.rand(1, 3, 64, 64))
    for count, row in enumerate(facts.layers, 1):
        walk.output(row.name)
        walk.inputs(row.name)
        assert walk.calls_made == count
    walk.output(facts.layers[-9].name)
    assert walk.calls_made == len(facts.layers)


def test_the_multiply_adds_still_missing_for_a_layer_are_those_of_the_rows_not_held() -> None:
    model = zoo.build("lenet")
    facts = trace(model, (1, 28, 28))
    walk = LazyActivations(model, facts, torch.rand(1, 1, 28, 28))
    assert walk.missing_macs("input") == 0
    assert walk.missing_macs("fc3") == facts.macs
    walk.output("conv2")
    assert walk.missing_macs("conv2") == 0
    assert walk.missing_macs("fc3") == sum(facts[name].macs for name in ("fc1", "fc2", "fc3"))


@pytest.mark.parametrize("budget", [1, 2**15, 2**18])
def test_what_is_held_stays_within_the_budget(budget):
    model = zoo.build("densenet", {"width": 0.25, "blocks": "4,4,4"}, (1, 64, 64), 10).eval()
    facts = trace(model, (1, 64, 64))
    walk = LazyActivations(model, facts, torch.rand(1, 1, 64, 64), budget=budget)
    largest = max(row.activation_bytes for row in facts.layers)
    for row in facts.layers[::5]:
        walk.output(row.name)
        assert walk.held_bytes <= max(budget, largest)


def test_a_wrong_image_and_a_wrong_name_are_refused():
    model = nn.Sequential(nn.ReLU())
    facts = trace(model, (1, 4, 4))
    with pytest.raises(UserError, match="1×1×4×4"):
        LazyActivations(model, facts, torch.ones(1, 1, 4, 5))
    with pytest.raises(UserError, match="nothing"):
        LazyActivations(model, facts, torch.ones(1, 1, 4, 4)).output("nothing")


HEAD = """
import torch
from cnnviz import zoo
from cnnviz.trace import LazyActivations, trace

torch.set_num_threads(1)


def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(key))


def start():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # forget the highest mark
    return status("VmRSS")


trace(zoo.build("lenet", device="meta"), (1, 28, 28))
before = start()
facts = trace(zoo.build("vgg", {"config": "E"}, (3, 224, 224), 1000, device="meta"), (3, 224, 224))
assert facts.num_params == 143_667_240
print(status("VmHWM") - before)

model = zoo.build("vgg", {"config": "E", "hidden": 512}, (3, 224, 224), 1000)  # the maps are those of the whole
facts = trace(model, (3, 224, 224))
before = start()
walk = LazyActivations(model, facts, torch.rand(1, 3, 224, 224))
for row in facts.layers:
    walk.output(row.name), walk.inputs(row.name)
walk.output(facts.layers[20].name)
walk.output(facts.layers[3].name)
print(status("VmHWM") - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_facts_of_vgg19_at_224_add_at_most_50_megabytes_and_walking_it_150_beyond_its_weights():
    result = subprocess.run([sys.executable, "-c", HEAD], capture_output=True, text=True, check=True)
    facts, walk = map(float, result.stdout.split())
    assert facts <= 50
    assert 12 <= walk <= 150
