"""Names, graph and counts of a trace, and what it leaves of the module: everything."""

import copy
import threading
from contextlib import nullcontext

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.trace import trace

FORMS = [
    ("lenet", {}),
    ("lenet", {"batch_norm": "mean", "dropout": 0.5}),
    ("alexnet", {}),
    ("alexnet", {"form": "paper"}),
    ("vgg", {}),
    ("vgg", {"config": "A-LRN"}),
    ("nin", {}),
    ("nin", {"head": "dense"}),
    ("googlenet", {}),
    ("googlenet", {"form": "torchvision"}),
    ("resnet", {}),
    ("resnet", {"form": "torchvision", "depth": 152}),
    ("resnet", {"form": "torchvision", "depth": 50, "order": "pre"}),
    ("densenet", {}),
    ("densenet", {"form": "torchvision", "depth": 201}),
    ("mobilenet", {}),
    ("mobilenet", {"version": "v2"}),
    ("mobilenet", {"version": "v3-small"}),
    ("mobilenet", {"version": "v3-large"}),
]


@pytest.fixture(scope="module")
def traced():
    """Every form once: its model on meta, its input shape, its trace."""
    found = {}
    for name, options in FORMS:
        entry = zoo.architecture(name)
        shape = entry.input_shape(entry.resolve(options))
        model = zoo.build(name, options, shape, device="meta")
        found[name, repr(options)] = model, shape, trace(model, shape)
    return found


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_multiply_adds_are_half_of_what_torch_counts_as_flops(traced, form):
    model, shape, facts = traced[form[0], repr(form[1])]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.empty(1, *shape, device="meta"))
    assert 2 * facts.macs == counter.get_total_flops()


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_parameters_of_the_rows_sum_to_the_models(traced, form):
    model, _, facts = traced[form[0], repr(form[1])]
    count = sum(p.numel() for p in model.parameters())
    assert facts.num_params == count == sum(row.num_params for row in facts.layers)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_leaf_call_has_the_shape_that_a_hook_sees(traced, form):
    model, shape, facts = traced[form[0], repr(form[1])]
    leaves = {name: module for name, module in copy.deepcopy(model).named_modules() if not any(module.children())}
    calls: list[tuple[str, tuple[int, ...]]] = []
    whole = copy.deepcopy(model)
    for name in leaves:
        whole.get_submodule(name).register_forward_hook(
            lambda _m, _i, out, name=name: calls.append((name, tuple(out.shape[1:])))
        )
    whole(torch.empty(1, *shape, device="meta"))
    assert calls == [(row.name, row.shape) for row in facts.layers if row.name in leaves]
    assert facts.unused == ()


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_rows_are_a_graph_in_order_of_execution_and_all_but_the_last_are_read(traced, form):
    _, _, facts = traced[form[0], repr(form[1])]
    known, read = {"input": facts.input_shape}, set()
    for row in facts.layers:
        assert row.name not in known
        assert row.inputs
        assert tuple(known[name] for name in row.inputs) == row.input_shapes
        read.update(row.inputs)
        known[row.name] = row.shape
    assert set(known) - read == {facts.layers[-1].name}


class Everything(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.relu = nn.ReLU()
        self.own = nn.Parameter(torch.ones(4, 4, 1, 1))
        self.scale = nn.Parameter(torch.ones(4))
        self.frozen = nn.Linear(4, 5)
        self.frozen.requires_grad_(False)
        self.unused = nn.Conv2d(1, 1, 1)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout()
        self.register_buffer("mean", torch.zeros(3))
        self.last = nn.Linear(5, 5)
        self.last.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[1] == x.size(1) == 3
        x = x - self.mean.view(1, -1, 1, 1)
        a = self.relu(self.conv(x))
        b = self.relu(F.conv2d(a, self.own))
        c = self.drop(self.norm(a + b) * self.scale.view(1, -1, 1, 1))
        d, e = c.chunk(2, dim=1)
        y = torch.cat([d, e], 1)
        y += c
        y = y.mean((2, 3))
        return self.last(self.frozen(y)) + torch.zeros(5)


def test_functions_methods_operators_reused_and_unused_layers_are_rows_with_their_names():
    facts = trace(Everything(), (3, 8, 8))
    assert [(row.name, row.kind, row.inputs) for row in facts.layers] == [
        ("sub", "sub", ("input",)),
        ("conv", "Conv2d", ("sub",)),
        ("relu", "ReLU", ("conv",)),
        ("conv2d", "conv2d", ("relu",)),
        ("relu#2", "ReLU", ("conv2d",)),
        ("add", "add", ("relu", "relu#2")),
        ("norm", "BatchNorm2d", ("add",)),
        ("mul", "mul", ("norm",)),
        ("drop", "Dropout", ("mul",)),
        ("chunk", "chunk", ("drop",)),
        ("cat", "cat", ("chunk", "chunk")),
        ("add_2", "add", ("cat", "drop")),
        ("mean", "mean", ("add_2",)),
        ("frozen", "Linear", ("mean",)),
        ("last", "Linear", ("frozen",)),
        ("add_3", "add", ("last",)),
    ]
    assert facts.unused == ("unused",)
    params = {row.name: (row.num_params, row.num_trainable) for row in facts.layers if row.num_params}
    assert params == {
        "conv": (112, 112),
        "conv2d": (16, 16),
        "norm": (8, 8),
        "mul": (4, 4),
        "frozen": (25, 0),
        "last": (30, 5),
    }
    assert facts.num_params == sum(count for count, _ in params.values()) + 2
    assert facts["conv2d"].macs == 8 * 8 * 4 * 4
    assert facts["chunk"].shape == facts["chunk"].more_shapes[0] == (2, 8, 8)
    assert facts["add_2"].receptive_field.size == (3, 3)
    assert facts["drop"].shares_memory
    assert facts["add_2"].shares_memory


def test_tied_weights_count_once_and_a_reused_layer_computes_twice():
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6)
            self.b.weight = self.a.weight

        def forward(self, x: Tensor) -> Tensor:
            return self.a(self.b(self.a(x.flatten(1))))

    facts = trace(Tied(), (1, 2, 3))
    assert [(row.name, row.num_params, row.macs) for row in facts.layers] == [
        ("flatten", 0, 0),
        ("a", 42, 36),
        ("b", 6, 36),
        ("a#2", 0, 36),
    ]
    assert facts.num_params == 48


class OneOperation(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x) if x.shape[1] > 3 else x.clamp(min=0)


def test_a_layer_of_ones_own_is_one_row_where_it_does_one_thing_and_is_followed_where_it_does_more():
    model = nn.Sequential(
        OneOperation(), nn.Conv2d(3, 4, 1), OneOperation(), torchvision.ops.StochasticDepth(0.5, "row")
    )
    rows = trace(model, (3, 4, 4)).layers
    assert [(row.name, row.kind, row.block) for row in rows] == [
        ("0", "OneOperation", ""),
        ("1", "Conv2d", ""),
        ("2.sigmoid", "sigmoid", "2"),
        ("2.mul", "mul", "2"),
        ("3", "StochasticDepth", ""),
    ]
    assert {row.receptive_field.size for row in rows} == {(1, 1)}


def test_blocks_give_operations_their_names():
    with torch.device("meta"):
        facts = trace(torchvision.models.resnet18(), (3, 64, 64))
    names = {row.name: row.block for row in facts.layers}
    assert names["layer2.0.add"] == "layer2.0"
    assert names["layer2.0.conv1"] == "layer2.0"
    assert names["layer2.0.relu#2"] == "layer2.0"
    assert names["flatten"] == ""
    assert facts["layer2.0.add"].inputs == ("layer2.0.bn2", "layer2.0.downsample.1")


def state_of(model: nn.Module) -> list[object]:
    return [
        [
            (name, m.training, len(m._forward_hooks), len(m._forward_pre_hooks), sorted(m.__dict__), id(m))
            for name, m in model.named_modules()
        ],
        [
            (name, id(p), p.device, p.requires_grad, p._version, p.grad, p.detach().clone().tolist())
            for name, p in model.named_parameters()
        ],
        [(name, id(b), b.device, b._version, b.tolist()) for name, b in model.named_buffers()],
    ]


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 8, 8)], ids=["runs", "fails"])
def test_the_module_is_left_exactly_as_it_was_found(shape):
    model = Everything().train()
    model.norm.eval()
    fired = []
    model.conv.register_forward_hook(lambda *_: fired.append(1))
    random = torch.get_rng_state()
    before = state_of(model)
    with nullcontext() if shape == (3, 8, 8) else pytest.raises(UserError):
        trace(model, shape)
    assert state_of(model) == before
    assert torch.equal(random, torch.get_rng_state())
    assert not fired


def test_two_sessions_may_trace_one_module_at_once():
    with torch.device("meta"):
        model = torchvision.models.resnet18()
    alone, found = trace(model, (3, 64, 64)), []
    threads = [threading.Thread(target=lambda: found.append(trace(model, (3, 64, 64)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [facts == alone for facts in found] == [True] * 4
