"""A walk gives what the model gives, in whatever style it is written; or one sentence says why not, before anything."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.trace import LazyActivations, trace
from cnnviz.trace.explain import explain
from cnnviz.trace.explain.effective_field import effective_field
from tests.networks_as_people_write_them import ASKS, SHAPE, WORKS, Net, lazy, plain, quantized, scripted, sparse


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def as_torch(model: nn.Module, image: Tensor) -> Tensor:
    """What an ordinary pass gives."""
    with torch.no_grad():
        return model.eval()(image.to(next(model.parameters()).dtype))


@pytest.mark.parametrize("style", WORKS)
def test_the_last_row_of_a_walk_is_what_the_model_gives(style):
    model, image = WORKS[style](), torch.rand(1, *SHAPE)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    walk = LazyActivations(model, trace(model, SHAPE), image)
    last = walk.trace.layers[-1].name
    found = walk.output(last)
    assert effective_field(model, walk.trace, last, (0,), image).shape == SHAPE[1:]
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert torch.allclose(found, as_torch(model, image), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("style", ["pruned, then trained", "weight norm", "spectral norm"])
def test_a_pruned_or_normalized_layer_is_explained_with_the_weights_it_has_now(style):
    model, image = WORKS[style](), torch.rand(1, *SHAPE)
    walk = LazyActivations(model, trace(model, SHAPE), image)
    told = explain(walk, "conv", (1, 3, 3))
    with torch.no_grad():
        value = model.eval().conv(image)[0, 1, 3, 3]
    assert told.value == pytest.approx(float(value), rel=1e-5)
    assert sum(term.value for term in told.terms) + (told.bias or 0) == pytest.approx(float(value), rel=1e-4)


@pytest.mark.parametrize("asked", ASKS)
def test_a_network_whose_layers_depend_on_the_image_is_refused_at_the_line_that_asks(asked):
    with pytest.raises(UserError) as caught:
        trace(Net(ASKS[asked]), SHAPE)
    error = caught.value
    assert (error.key, error.values["operation"]) == ("trace_values", asked)
    assert error.values["place"].startswith("networks_as_people_write_them.py:")
    assert "meta" not in str(error)


@pytest.mark.parametrize(
    ("build", "key", "layer"),
    [
        (scripted, "network_script", "0"),
        (quantized, "network_quantized", "1"),
        (sparse, "network_sparse", "1"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(build, key, layer):
    with pytest.raises(UserError) as caught:
        trace(build(), SHAPE)
    assert (caught.value.key, caught.value.values["layer"]) == (key, layer)


@pytest.mark.parametrize("build", [lazy, lambda: Net(plain).to("meta")])
def test_a_network_without_weights_has_a_trace_and_no_walk(build):
    model = build()
    facts = trace(model, SHAPE)
    assert facts.layers[-1].shape == (3,)
    with pytest.raises(UserError) as caught:
        LazyActivations(model, facts, torch.rand(1, *SHAPE))
    assert caught.value.key == "network_no_weights"


def test_a_hook_that_only_looks_adds_no_row_and_hears_nothing():
    model, heard = Net(plain), []
    model.conv.register_forward_hook(lambda _conv, _given, output: heard.append(output.mean().item()))
    model.relu.register_forward_hook(lambda _relu, _given, output: heard.append(output.detach().cpu().numpy()))
    assert [row.name for row in trace(model, SHAPE).layers] == ["conv", "relu", "mean", "head"]
    assert heard == []


def test_a_hook_that_changes_what_it_asked_about_is_refused():
    model = Net(plain)
    model.conv.register_forward_hook(lambda _conv, _given, output: output * output.max().item())
    with pytest.raises(UserError) as caught:
        trace(model, SHAPE)
    assert caught.value.key == "trace_values"


def test_weights_that_the_image_makes_leave_the_field_unknown():
    model = Net(plain, nn.Conv2d(3, 4, 3, padding=1))

    def generate(conv: nn.Module, given: tuple[Tensor]) -> None:
        del conv.weight
        conv.weight = torch.ones(4, 3, 3, 3) * given[0].mean()

    model.conv.register_forward_pre_hook(generate)
    facts = trace(model, SHAPE)
    assert facts["conv"].receptive_field.extent == "unknown"
    assert facts.uncounted == ("conv",)


class Outputs(Net):
    def __init__(self, wrap) -> None:
        super().__init__(plain)
        self.wrap = wrap

    def forward(self, x: Tensor) -> object:
        maps = self.how(self, x)
        return self.wrap(self.head(maps.mean((2, 3))), maps)


@pytest.mark.parametrize("wrap", [lambda a, b: (a, b), lambda a, b: {"out": a, "maps": b}, lambda a, b: [b, a]])
def test_several_answers_are_rows_like_any_other(wrap):
    model, image = Outputs(wrap), torch.rand(1, *SHAPE)
    walk = LazyActivations(model, trace(model, SHAPE), image)
    assert [row.name for row in walk.trace.layers] == ["conv", "relu", "mean", "head"]
    with torch.no_grad():
        assert torch.equal(walk.output("head"), model.head(model.relu(model.conv(image)).mean((2, 3))))


def test_an_exported_network_keeps_its_operations():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()
    image = torch.rand(1, *SHAPE)
    exported = torch.export.export(model, (image,)).module()
    facts = trace(exported, SHAPE)
    assert [(row.kind, row.macs) for row in facts.layers] == [
        ("conv2d", 36 * 4 * 27),
        ("relu", 0),
        ("flatten", 0),
        ("linear", 144 * 3),
    ]
    assert torch.allclose(LazyActivations(exported, facts, image).output("linear"), model(image), atol=1e-6)


def test_what_torch_compiled_is_followed_as_it_was_written():
    squash = torch.compile(lambda x: x * torch.sigmoid(x), backend="eager")
    block = torch.compile(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU()), backend="eager")
    model = torch.compile(Net(lambda net, x: squash(net.conv(x)), block), backend="eager")
    image = torch.rand(1, *SHAPE)
    facts = trace(model, SHAPE)
    assert [row.name for row in facts.layers] == ["conv.0", "conv.1", "sigmoid", "mul", "mean", "head"]
    assert facts.macs == 64 * 4 * 27 + 12
    inner = model._orig_mod
    with torch.no_grad():
        maps = inner.conv._orig_mod(image)
        expected = inner.head((maps * torch.sigmoid(maps)).mean((2, 3)))
    assert torch.allclose(LazyActivations(model, facts, image).output("head"), expected, atol=1e-6)


def test_a_hook_on_every_module_of_torch_runs_once():
    handle = nn.modules.module.register_module_forward_hook(
        lambda module, _given, output: output * 2 if isinstance(module, nn.Conv2d) else None
    )
    try:
        model, image = Net(plain), torch.rand(1, *SHAPE)
        walk = LazyActivations(model, trace(model, SHAPE), image)
        assert torch.allclose(walk.output("head"), as_torch(model, image), atol=1e-6)
    finally:
        handle.remove()


@pytest.mark.parametrize("overwritten", [lambda y: F.relu(y, inplace=True), lambda y: y.mul_(2)])
def test_what_is_overwritten_is_read_as_it_is_then(overwritten):
    model, image = Net(lambda net, x: (lambda y: y + overwritten(y))(net.conv(x))), torch.rand(1, *SHAPE)
    assert torch.allclose(
        LazyActivations(model, trace(model, SHAPE), image).output("head"), as_torch(model, image), atol=1e-6
    )
