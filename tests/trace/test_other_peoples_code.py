"""Code that this project did not write: followed where it runs, and named where it fails."""

import pytest
import torch
import torchvision
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.trace import trace


def test_a_forward_that_fails_names_the_layer_its_input_and_what_ran():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(100, 10))
    with pytest.raises(UserError) as caught:
        trace(model, (3, 8, 8))
    error = caught.value
    assert (error.key, error.layer, error.values["count"]) == ("trace_failed", "3", 3)
    assert [row.name for row in error.ran.layers] == ["0", "1", "2"]
    assert error.ran.unused == ()
    assert "which got 288, after 3 layers" in str(error)
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert "288" in error.describe(language)


class Broken(nn.Module):
    def __init__(self, how) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 2, 3)
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        return self.how(self.first(x))


@pytest.mark.parametrize(
    ("how", "layer"),
    [
        (lambda x: torch.cat([x, x[:, :, :1]], 1), "cat"),
        (lambda x: x.nothing, "Broken"),
        (lambda x: x.view(7, 7), "view"),
        (lambda x: x if x.sum() > 0 else -x, None),
        (lambda x: x + torch.zeros(1, 2, 5, 5), "add"),
    ],
)
def test_a_failing_function_is_named_too(how, layer):
    with pytest.raises(UserError) as caught:
        trace(Broken(how), (1, 8, 8))
    assert caught.value.ran.layers[0].name == "first"
    assert layer is None or caught.value.layer == layer
    assert "{" not in str(caught.value)


def test_a_pass_that_the_code_itself_catches_is_no_failure():
    def attempt(x: Tensor) -> Tensor:
        try:
            return x.view(7, 7)
        except RuntimeError:
            return x * 2

    assert [row.name for row in trace(Broken(attempt), (1, 8, 8)).layers] == ["first", "mul"]


def test_lazy_layers_weight_norm_and_half_precision_are_followed():
    lazy = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10))
    facts = trace(lazy, (2, 6, 6))
    assert [(row.kind, row.num_params) for row in facts.layers] == [
        ("Conv2d", 76),
        ("BatchNorm2d", 8),
        ("ReLU", 0),
        ("Flatten", 0),
        ("Linear", 650),
    ]
    assert isinstance(lazy[0], nn.LazyConv2d)
    normed = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 4, 3)))
    (row,) = trace(normed, (3, 8, 8)).layers
    assert (row.shape, row.num_params) == ((4, 6, 6), 4 * 27 + 4 + 4)
    assert trace(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).half(), (3, 8, 8)).layers[1].shape == (
        4,
        6,
        6,
    )


@pytest.mark.parametrize(
    "build",
    [
        torchvision.models.inception_v3,
        torchvision.models.shufflenet_v2_x1_0,
        torchvision.models.efficientnet_b0,
        torchvision.models.convnext_tiny,
        torchvision.models.mnasnet1_0,
        torchvision.models.squeezenet1_0,
        torchvision.models.vit_b_16,
        torchvision.models.swin_t,
        torchvision.models.segmentation.lraspp_mobilenet_v3_large,
    ],
)
def test_networks_of_other_people_can_be_followed(build):
    with torch.device("meta"):
        model = build(weights=None, **({"weights_backbone": None} if "segmentation" in build.__module__ else {}))
    facts = trace(model, (3, 224, 224))
    with torch.no_grad():
        out = model.eval()(torch.empty(1, 3, 224, 224, device="meta"))
    assert facts.layers[-1].shape == tuple((out if isinstance(out, Tensor) else out["out"]).shape[1:])
    assert sum(row.num_params for row in facts.layers) <= facts.num_params
