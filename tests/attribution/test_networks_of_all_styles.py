"""Maps are those of torch's own gradient on the model as it is, in whatever style it is written; or one sentence."""

import pytest
import torch
from torch import Tensor, nn

from cnnviz.attribution import Target, find_method
from cnnviz.attribution.layers import list_layers
from cnnviz.attribution.target import compute_logits
from cnnviz.errors import UserError
from tests.networks_as_people_write_them import SHAPE, WORKS, Net, lazy, plain, quantized, scripted, sparse


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def gradient(model: nn.Module, image: Tensor) -> Tensor:
    """∂ of the second logit by an ordinary backward pass."""
    model.eval()
    watched = image.to(next(model.parameters()).dtype).requires_grad_()
    (slopes,) = torch.autograd.grad(model(watched)[0, 1], watched)
    return slopes[0].float()


@pytest.mark.parametrize("style", WORKS)
def test_the_gradient_map_is_torchs_own(style):
    model, image = WORKS[style](), torch.rand(1, *SHAPE)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    again = [find_method("gradient").attribute(model, image, Target(1)).values for _ in range(2)]
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(*again)
    assert torch.allclose(again[0], gradient(model, image), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("style", ["pruned, then trained", "double", "a part data parallel", "low-rank update"])
def test_methods_with_baselines_and_layers_work_on_them_too(style):
    model, image = WORKS[style](), torch.rand(1, *SHAPE)
    found = find_method("integrated-gradients").attribute(model, image, Target(1))
    assert found.completeness.error < 0.02
    assert "relu" in {layer.name for layer in list_layers(model, image)}
    assert find_method("grad-cam").attribute(model, image, Target(1), layer="relu").values.shape == (8, 8)
    logits = compute_logits(model, image)
    with torch.no_grad():
        assert torch.allclose(logits, model.eval()(image.to(logits.dtype)), rtol=1e-5)


def test_hooks_that_come_and_go_are_seen():
    model, image = Net(plain), torch.rand(1, *SHAPE)
    method, heard = find_method("gradient"), []
    before = method.attribute(model, image, Target(1)).values
    handle = model.head.register_forward_hook(lambda _head, _given, output: output * 2)
    looking = model.conv.register_forward_hook(lambda _conv, _given, output: heard.append(output))
    assert torch.allclose(method.attribute(model, image, Target(1)).values, 2 * before)
    assert heard == []
    handle.remove()
    looking.remove()
    assert torch.equal(method.attribute(model, image, Target(1)).values, before)


def test_a_hook_on_gradients_stays_one():
    model, image = Net(plain), torch.rand(1, *SHAPE)
    model.head.register_full_backward_hook(lambda _head, given, _out: (given[0] * 3,))
    assert torch.allclose(
        find_method("gradient").attribute(model, image, Target(1)).values, gradient(model, image), rtol=1e-5
    )


READ_AGAIN = {
    "added": lambda net, x: (lambda y: y + net.relu(y))(net.conv(x)),
    "a view": lambda net, x: (lambda y: net.relu(y) + y[:, :4])(net.conv(x)),
    "before a branch": lambda net, x: (lambda y: torch.cat([net.relu(y)[:, :2], y[:, 2:]], 1))(net.conv(x)),
}


@pytest.mark.parametrize("how", READ_AGAIN)
@pytest.mark.parametrize("method", ["gradient", "occlusion", "grad-cam"])
def test_an_activation_in_place_whose_input_is_read_again_is_refused(how, method):
    model = Net(READ_AGAIN[how], relu=nn.ReLU(inplace=True))
    with pytest.raises(UserError) as caught:
        find_method(method).attribute(model, torch.rand(1, *SHAPE), Target(1))
    assert (caught.value.key, caught.value.values["layer"]) == ("network_in_place", "relu")
    assert torch.isfinite(
        find_method(method).attribute(Net(READ_AGAIN[how]), torch.rand(1, *SHAPE), Target(1)).values
    ).all()


@pytest.mark.parametrize(
    ("build", "key"),
    [
        (scripted, "network_script"),
        (quantized, "network_quantized"),
        (sparse, "network_sparse"),
        (lazy, "network_no_weights"),
        (lambda: Net(plain).to("meta"), "network_no_weights"),
        (lambda: Net(lambda net, x: net.conv(x).detach()), "attribution_no_gradient"),
        (lambda: Net(lambda net, x: torch.from_numpy(net.conv(x).detach().numpy())), "attribution_no_gradient"),
    ],
)
def test_what_no_map_can_be_made_of_is_refused(build, key):
    with pytest.raises(UserError) as caught:
        find_method("gradient").attribute(build(), torch.rand(1, *SHAPE), Target(1))
    assert caught.value.key == key


def test_compiled_networks_have_the_maps_of_the_code_they_were_made_from():
    inner = Net(plain, torch.compile(nn.Conv2d(3, 4, 3, padding=1), backend="eager"))
    image = torch.rand(1, *SHAPE)
    found = find_method("gradient").attribute(torch.compile(inner, backend="eager"), image, Target(1)).values
    assert torch.allclose(found, find_method("gradient").attribute(inner, image, Target(1)).values)
    watched = image.clone().requires_grad_()
    maps = torch.relu(inner.conv._orig_mod(watched)).mean((2, 3))
    (slopes,) = torch.autograd.grad(inner.head(maps)[0, 1], watched)
    assert torch.allclose(found, slopes[0], rtol=1e-5)
