"""Files of weights under other names: what is surely the same network is read, and the rest is told apart."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn
from torchvision import models

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES, load
from cnnviz.zoo.weight_conventions import conventions
from cnnviz.zoo.weights_file import check_weights_file, read_weights_file

LENET = zoo.build("lenet", seed=3)
STATE = LENET.state_dict()
EXPECTED = zoo.build("lenet", device="meta").state_dict()


def _said(data: bytes, expected: dict[str, Tensor] = EXPECTED) -> list[str]:
    return check_weights_file(data, expected).pairing.describe(load("weights"))


def _error(state: dict[str, Tensor], expected: dict[str, Tensor] = EXPECTED) -> UserError:
    with pytest.raises(UserError) as caught:
        read_weights_file(save(state), expected)
    assert all(caught.value.describe(language) for language in LANGUAGES)
    return caught.value


def _randomise(network: nn.Module) -> nn.Module:
    """Draw weights and statistics that differ from layer to layer."""
    generator = torch.Generator().manual_seed(5)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            low = 0.5 if name.endswith(("running_var", "bn.weight")) else -0.5
            tensor.uniform_(low, 1, generator=generator).div_(max(1, tensor[0].numel()) ** 0.5)
    return network.eval()


@pytest.mark.parametrize(
    "prefix",
    [
        "module.",
        "model.",
        "_orig_mod.",
        "state_dict.",
        "net.",
        "network.",
        "backbone.",
        "module._orig_mod.model.",
        "a.b.",
    ],
)
def test_what_stands_before_every_name_is_left_off_and_said(prefix: str) -> None:
    data = save({f"{prefix}{name}": tensor for name, tensor in STATE.items()})
    read = read_weights_file(data, EXPECTED)
    assert all(torch.equal(read[name], STATE[name]) for name in STATE)
    assert prefix in _said(data)[0]
    assert len(_said(data)) == 1


def test_what_torch_wraps_a_part_in_is_left_out_of_the_middle_of_names() -> None:
    data = save({name.replace("fc", "_orig_mod.fc"): tensor for name, tensor in STATE.items()})
    assert torch.equal(read_weights_file(data, EXPECTED)["fc1.weight"], STATE["fc1.weight"])
    assert "“_orig_mod.”" in _said(data)[0]


def test_what_tells_of_the_training_is_left_out_and_said() -> None:
    extra = {
        "epoch": torch.tensor(3),
        "best_acc": torch.tensor(0.5),
        "total_ops": torch.zeros(1, dtype=torch.float64),
        "model.conv1.total_params": torch.zeros(1, dtype=torch.float64),
        "optimizer.state.0.exp_avg": torch.zeros(6, 1, 5, 5),
        "lr_schedulers.0": torch.zeros(2),
    }
    data = save({f"model.{name}": tensor for name, tensor in STATE.items()} | extra)
    assert list(read_weights_file(data, EXPECTED)) == list(EXPECTED)
    said = _said(data)
    assert len(said) == 2
    assert "(tensors: 6)" in said[1]
    assert "epoch, model.conv1.total_params" in said[1]
    assert not _said(save(STATE))


@pytest.mark.parametrize("counters", ["missing", "float", "whole"])
def test_counters_of_batches_may_be_there_or_not(counters: str) -> None:
    network = zoo.build("lenet", {"batch_norm": "full"}, seed=1)
    state = {name: tensor for name, tensor in network.state_dict().items() if not name.endswith("tracked")}
    if counters != "missing":
        dtype = torch.int64 if counters == "whole" else torch.float32
        state |= {name: torch.tensor(7, dtype=dtype) for name in network.state_dict() if name not in state}
    read = read_weights_file(save(state), network.state_dict())
    network.load_state_dict(read)
    counter = next(tensor for name, tensor in read.items() if name.endswith("tracked"))
    assert int(counter) == (7 if counters == "whole" else 0)


TORCHVISION: dict[str, tuple[dict[str, object], Callable[[], nn.Module]]] = {
    "alexnet": ({"form": "torchvision"}, models.alexnet),
    "vgg": ({"config": "D", "batch_norm": True}, models.vgg16_bn),
    "googlenet": ({"form": "torchvision"}, partial(models.googlenet, init_weights=False)),
    "resnet": ({"form": "torchvision", "depth": 50, "bottleneck_stride": "1x1", "output_stride": 16}, models.resnet50),
    "densenet": ({"form": "torchvision", "depth": 121}, models.densenet121),
    "mobilenet v2": ({"version": "v2"}, models.mobilenet_v2),
    "mobilenet v3": ({"version": "v3-small"}, models.mobilenet_v3_small),
}


@pytest.mark.parametrize("family", TORCHVISION)
def test_torchvisions_names_pair_with_tensors_of_the_same_shape(family: str) -> None:
    options, theirs = TORCHVISION[family]
    name = family.partition(" ")[0]
    with torch.device("meta"):
        state = theirs().state_dict()
    settled = zoo.architecture(name).resolve(options)
    own = zoo.build(name, settled, (3, 224, 224), 1000, device="meta").state_dict()
    shapes = [tuple(tensor.shape) for ours, tensor in own.items() if not ours.endswith("tracked")]
    assert shapes == [tuple(state[their_name].shape) for their_name in conventions(name, settled)[0].names]


def _narrow_resnet() -> nn.Module:
    """torchvision's ResNet-18 with an eighth of its channels."""
    network = models.ResNet(models.resnet.BasicBlock, [2, 2, 2, 2], num_classes=7)
    network.conv1, network.bn1, network.inplanes = nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), 8
    for stage in range(4):
        layer = network._make_layer(models.resnet.BasicBlock, 8 * 2**stage, 2, stride=1 if stage == 0 else 2)
        setattr(network, f"layer{stage + 1}", layer)
    network.fc = nn.Linear(64, 7)
    return _randomise(network)


RESNET = {"form": "torchvision", "width": 0.125}


def _renamed(name: str) -> str:
    """A name of torchvision's ResNet as transformers' ResNetForImageClassification has it."""
    parts = name.split(".")
    if parts[0] == "fc":
        return f"classifier.1.{parts[-1]}"
    kind = {"conv": "convolution", "bn": "normalization"}
    if parts[0] in ("conv1", "bn1"):
        return f"resnet.embedder.embedder.{kind[parts[0][:-1]]}.{parts[-1]}"
    where = f"resnet.encoder.stages.{int(parts[0][-1]) - 1}.layers.{parts[1]}"
    if parts[2] == "downsample":
        return f"{where}.shortcut.{('convolution', 'normalization')[int(parts[3])]}.{parts[-1]}"
    return f"{where}.layer.{int(parts[2][-1]) - 1}.{kind[parts[2][:-1]]}.{parts[-1]}"


@pytest.mark.parametrize("library", ["torchvision", "transformers", "torchvision behind model."])
def test_a_resnet_of_another_library_gives_its_own_scores(library: str) -> None:
    theirs = _narrow_resnet()
    ours = zoo.build("resnet", RESNET, (3, 64, 64), 7)
    rename = {"torchvision": str, "transformers": _renamed, "torchvision behind model.": "model.{}".format}[library]
    data = save({rename(name): tensor for name, tensor in theirs.state_dict().items()})
    others = partial(conventions, "resnet", zoo.architecture("resnet").resolve(RESNET))
    ours.load_state_dict(read_weights_file(data, ours.state_dict(), others))
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image))
        assert ours(image).std() > 0
    said = check_weights_file(data, ours.state_dict(), others).pairing.describe(load("weights"))
    assert "conv1.weight” was read as “stem.conv.weight”" in said[-1] or "stem.conv.weight”" in said[-1]


def test_the_older_names_in_densenets_published_files_are_read_too() -> None:
    names = conventions("densenet", zoo.architecture("densenet").resolve({"form": "torchvision"}))[1].names
    assert "features.denseblock1.denselayer1.norm.1.weight" in names
    assert "features.transition1.norm.weight" in names
    assert "features.norm0.weight" in names


def test_googlenets_auxiliary_heads_are_left_out_of_its_file() -> None:
    options = zoo.architecture("googlenet").resolve({"form": "torchvision", "width": 0.125})
    own = zoo.build("googlenet", options, (3, 64, 64), 5).state_dict()
    names = [name for name in own if not name.endswith("tracked")]
    (convention,) = conventions("googlenet", options)
    state = {theirs: own[ours] for ours, theirs in zip(names, convention.names, strict=True)}
    data = save(state | {"aux1.conv.conv.weight": torch.zeros(2), "aux2.fc1.bias": torch.zeros(3)})
    pairing = check_weights_file(data, own, lambda: (convention,)).pairing
    assert sorted(pairing.left_out) == ["aux1.conv.conv.weight", "aux2.fc1.bias"]


class Residual(nn.Module):
    """The residual block of the course's notebook."""

    def __init__(self, before: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, padding=1, stride=stride)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv3 = nn.Conv2d(before, channels, 1, stride=stride) if stride > 1 else None
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.conv3 is None else self.conv3(x)))


class Inception(nn.Module):
    """The Inception block of the course's notebook."""

    def __init__(self, before: int, one: int, two: tuple[int, int], three: tuple[int, int], four: int) -> None:
        super().__init__()
        self.p1_1 = nn.Conv2d(before, one, 1)
        self.p2_1, self.p2_2 = nn.Conv2d(before, two[0], 1), nn.Conv2d(two[0], two[1], 3, padding=1)
        self.p3_1, self.p3_2 = nn.Conv2d(before, three[0], 1), nn.Conv2d(three[0], three[1], 5, padding=2)
        self.p4_1, self.p4_2 = nn.MaxPool2d(3, 1, 1), nn.Conv2d(before, four, 1)

    def forward(self, x: Tensor) -> Tensor:
        relu = torch.relu
        return torch.cat(
            (
                relu(self.p1_1(x)),
                relu(self.p2_2(relu(self.p2_1(x)))),
                relu(self.p3_2(relu(self.p3_1(x)))),
                relu(self.p4_2(self.p4_1(x))),
            ),
            1,
        )


class DenseBlock(nn.Module):
    """The dense block of the course's notebook."""

    def __init__(self, layers: int, before: int, growth: int) -> None:
        super().__init__()
        self.net = nn.Sequential(*(_norm_first(before + i * growth, growth, 3) for i in range(layers)))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.net:
            x = torch.cat((x, block(x)), 1)
        return x


def _norm_first(before: int, channels: int, size: int) -> nn.Sequential:
    return nn.Sequential(nn.BatchNorm2d(before), nn.ReLU(), nn.Conv2d(before, channels, size, padding=size // 2))


def _lenet() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid()),
        *(nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid()),
        nn.Linear(84, 10),
    )


def _vgg() -> nn.Module:
    before, layers = 1, []
    for count, channels in ((1, 8), (1, 16), (2, 32), (2, 64), (2, 64)):
        block: list[nn.Module] = []
        for _ in range(count):
            block += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU()]
            before = channels
        layers.append(nn.Sequential(*block, nn.MaxPool2d(2)))
    dense = [nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(), nn.Linear(32, 32), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, *dense, nn.Linear(32, 10))


def _nin() -> nn.Module:
    def block(before: int, channels: int, size: int, stride: int, padding: int) -> nn.Sequential:
        ones = [layer for _ in range(2) for layer in (nn.Conv2d(channels, channels, 1), nn.ReLU())]
        return nn.Sequential(nn.Conv2d(before, channels, size, stride, padding), nn.ReLU(), *ones)

    return nn.Sequential(
        *(block(1, 12, 11, 4, 0), nn.MaxPool2d(3, 2), block(12, 32, 5, 1, 2), nn.MaxPool2d(3, 2)),
        *(block(32, 48, 3, 1, 1), nn.MaxPool2d(3, 2), nn.Dropout(), block(48, 10, 3, 1, 1)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


def _resnet(english: bool = False) -> nn.Module:
    stem = nn.Sequential(nn.Conv2d(1, 8, 7, 2, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
    stages = [
        nn.Sequential(
            Residual(max(8, channels // 2), channels, 1 if channels == 8 else 2), Residual(channels, channels)
        )
        for channels in (8, 16, 32, 64)
    ]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    if not english:
        return nn.Sequential(stem, *stages, *head)
    network = nn.Sequential(stem)
    for number, stage in enumerate(stages):
        network.add_module(f"b{number + 2}", stage)
    network.add_module("last", nn.Sequential(*head))
    return nn.Sequential(OrderedDict(net=network))


def _googlenet() -> nn.Module:
    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, 1)

    def part(before: int, *widths: int) -> Inception:
        one, *two_three, four = (width // 8 for width in widths)
        return Inception(before // 8, one, tuple(two_three[:2]), tuple(two_three[2:]), four)

    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 8, 7, 2, 3), nn.ReLU(), pool()),
        nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU(), nn.Conv2d(8, 24, 3, padding=1), nn.ReLU(), pool()),
        nn.Sequential(part(192, 64, 96, 128, 16, 32, 32), part(256, 128, 128, 192, 32, 96, 64), pool()),
        nn.Sequential(
            part(480, 192, 96, 208, 16, 48, 64),
            part(512, 160, 112, 224, 24, 64, 64),
            part(512, 128, 128, 256, 24, 64, 64),
            part(512, 112, 144, 288, 32, 64, 64),
            part(528, 256, 160, 320, 32, 128, 128),
            pool(),
        ),
        nn.Sequential(
            *(part(832, 256, 160, 320, 32, 128, 128), part(832, 384, 192, 384, 48, 128, 128)),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        ),
        nn.Linear(128, 10),
    )


def _densenet() -> nn.Module:
    channels, growth = 8, 4
    layers: list[nn.Module] = [
        nn.Sequential(nn.Conv2d(1, channels, 7, 2, 3), nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
    ]
    for number in range(4):
        layers.append(DenseBlock(4, channels, growth))
        channels += 4 * growth
        if number < 3:
            layers.append(nn.Sequential(*_norm_first(channels, channels // 2, 1), nn.AvgPool2d(2)))
            channels //= 2
    head = [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    return nn.Sequential(*layers, *head)


NOTEBOOKS: dict[str, tuple[str, dict[str, object], int, Callable[[], nn.Module]]] = {
    "LeNet": ("lenet", {}, 28, _lenet),
    "VGG": ("vgg", {"width": 0.125, "hidden": 32}, 32, _vgg),
    "NiN": ("nin", {"width": 0.125}, 224, _nin),
    "ResNet": ("resnet", {"width": 0.125}, 64, _resnet),
    "ResNet, English": ("resnet", {"width": 0.125}, 64, partial(_resnet, english=True)),
    "GoogLeNet": ("googlenet", {"width": 0.125}, 64, _googlenet),
    "DenseNet": ("densenet", {"width": 0.125}, 64, _densenet),
}


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_network_of_the_courses_notebooks_gives_its_own_scores(notebook: str) -> None:
    name, options, size, make = NOTEBOOKS[notebook]
    theirs = _randomise(make())
    ours = zoo.build(name, options, (1, size, size), 10)
    data = save(theirs.state_dict())
    ours.load_state_dict(read_weights_file(data, ours.state_dict()))
    image = torch.rand(1, 1, size, size)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image))
        assert ours(image).std() > 0
    assert "agree in order and shape" in _said(data, ours.state_dict())[0]


def test_layers_under_any_name_are_read_where_each_shape_is_there_once() -> None:
    names = {"conv1": "features.c1", "conv2": "features.c3", "fc1": "head", "fc2": "classifier.f6", "fc3": "out"}
    state = {f"{names[name.partition('.')[0]]}.{name.partition('.')[2]}": tensor for name, tensor in STATE.items()}
    read = read_weights_file(save(state), EXPECTED)
    assert all(torch.equal(read[name], STATE[name]) for name in STATE)


def test_layers_of_one_shape_under_names_without_an_order_are_not_guessed() -> None:
    network = nn.Sequential(*(nn.Linear(4, 4) for _ in range(2)))
    state = network.state_dict()
    words = {f"{'fast' if name[0] == '0' else 'slow'}.{name[2:]}": tensor for name, tensor in state.items()}
    assert _error(words, {f"fc{1 + int(name[0])}.{name[2:]}": t for name, t in state.items()}).key == "weights_names"


def test_numbers_that_run_against_the_network_are_not_guessed() -> None:
    names = {"conv1": "a2", "conv2": "a1", "fc1": "x", "fc2": "y", "fc3": "z"}
    state = {f"{names[name.partition('.')[0]]}.{name.partition('.')[2]}": tensor for name, tensor in STATE.items()}
    assert _error(state).key == "weights_names"


def test_a_sequential_of_another_size_is_told_by_its_first_other_shape() -> None:
    state = {
        f"{3 * i}.{role}": STATE[f"{layer}.{role}"]
        for i, layer in enumerate(("conv1", "conv2", "fc1", "fc2", "fc3"))
        for role in ("weight", "bias")
    }
    error = _error(state | {"6.weight": torch.zeros(120, 256)})
    assert (error.key, error.values["name"]) == ("weights_shape", "6.weight")
    assert (error.values["got"], error.values["expected"]) == ("120×256", "120×400")
    error = _error(state | {"12.weight": torch.zeros(62, 84), "12.bias": torch.zeros(62)})
    assert (error.key, error.values["got"]) == ("weights_classes", 62)


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        ({"fc3.bias": None}, "weights_missing", ["fc3.bias", "(10)", "1 of 10"]),
        ({"fc4.weight": (3, 10)}, "weights_surplus", ["fc4.weight", "3×10"]),
        ({"fc3.bias": None, "head.bias": (10,)}, "weights_names", ["fc3.bias", "head.bias"]),
        ({"conv1.weight": (6, 1, 3, 3)}, "weights_shape", ["conv1.weight", "6×1×3×3", "6×1×5×5", "1 of 10"]),
        ({"conv1.weight": (6, 3, 5, 5)}, "weights_channels", ["3 channels"]),
        ({"fc3.weight": (26, 84), "fc3.bias": (26,)}, "weights_classes", ["26 classes"]),
        ({"fc1.weight": None, "fc1.weight_g": (120, 1)}, "weights_wrapped", ["fc1.weight_g", "remove_weight_norm"]),
        ({"fc1.weight": None, "fc1.parametrizations.weight.original0": (1,)}, "weights_wrapped", ["original0"]),
        ({"normalize.mean": (3,)}, "weights_surplus", ["normalize.mean"]),
        ({"module.conv1.weight": (6, 1, 5, 5)}, "weights_twofold", ["conv1.weight", "module.conv1.weight"]),
    ],
)
@pytest.mark.parametrize("prefix", ["", "model."])
def test_the_difference_is_said(
    prefix: str, change: dict[str, tuple[int, ...] | None], key: str, said: list[str]
) -> None:
    state = dict(STATE)
    for name, shape in change.items():
        if shape is None:
            del state[name]
        else:
            state[name] = torch.zeros(shape)
    error = _error({f"{prefix}{name}": tensor for name, tensor in state.items()})
    assert error.key == key
    assert all(part in str(error) for part in said)


def test_a_file_with_the_network_and_its_moving_average_is_refused_with_both_names() -> None:
    twice = {f"{prefix}.{name}": tensor for name, tensor in STATE.items() for prefix in ("model", "ema")}
    error = _error({name: tensor.clone() for name, tensor in twice.items()})
    assert error.key == "weights_twofold"
    assert {error.values["first"], error.values["second"]} == {"model.conv1.weight", "ema.conv1.weight"}
