"""The inner form: nodes of the table, checked before anything is built."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz.definitions import NetworkDefinition, Node, build, from_json, from_link, to_json, to_link
from cnnviz.definitions.checks import DefinitionLimits, check_definition
from cnnviz.definitions.shape_clash import ShapeClash
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.definitions.table import FUNCTION_NAMES, LAYER_NAMES, OPERATION_TABLE, checked_settings
from cnnviz.errors import UserError
from cnnviz.trace import trace


def node(operation: str, inputs: tuple[int, ...], key: str = "", **settings: Any) -> Node:
    return Node(operation, inputs, tuple(settings.items()), key)


def lenet(**changed: Any) -> NetworkDefinition:
    """The course's LeNet with lazy layers."""
    nodes = (
        node("Conv2d", (-1,), "features.conv1", out_channels=6, kernel_size=5, padding=2),
        node("sigmoid", (0,), "features"),
        node("AvgPool2d", (1,), "features.pool1", kernel_size=2),
        node("Conv2d", (2,), "features.conv2", out_channels=16, kernel_size=5),
        node("sigmoid", (3,), "features"),
        node("AvgPool2d", (4,), "features.pool2", kernel_size=2),
        node("flatten", (5,), start_dim=1),
        node("Linear", (6,), "fc1", **({"out_features": 120} | changed)),
        node("sigmoid", (7,)),
        node("Linear", (8,), "fc2", out_features=84),
        node("sigmoid", (9,)),
        node("Linear", (10,), "fc3", out_features=10),
    )
    return check_definition(NetworkDefinition(nodes, (1, 28, 28), title="LeNet"))


def test_the_course_s_lenet_has_its_counts_shapes_and_names() -> None:
    facts = trace(build(lenet(), device="meta"), (1, 28, 28))
    assert (facts.num_params, facts.macs) == (61_706, 416_520)
    shapes = [row.shape for row in facts.layers if row.num_params or row.kind == "AvgPool2d"]
    assert shapes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]
    assert [row.name for row in facts.layers][:5] == [
        *("features.conv1", "features.sigmoid", "features.pool1", "features.conv2", "features.sigmoid_2"),
    ]
    assert facts["features.sigmoid"].block == "features"
    assert facts["features.sigmoid"].operation == "sigmoid"


def test_the_built_network_computes_what_torch_s_layers_do() -> None:
    network = build(lenet(), seed=3)
    state = network.state_dict()
    x = torch.rand(2, 1, 28, 28)
    y = F.avg_pool2d(F.conv2d(x, state["features.conv1.weight"], state["features.conv1.bias"], padding=2).sigmoid(), 2)
    y = F.avg_pool2d(F.conv2d(y, state["features.conv2.weight"], state["features.conv2.bias"]).sigmoid(), 2).flatten(1)
    for name in ("fc1", "fc2", "fc3"):
        y = F.linear(y, state[f"{name}.weight"], state[f"{name}.bias"])
        y = y if name == "fc3" else y.sigmoid()
    torch.testing.assert_close(network(x), y)
    torch.testing.assert_close(build(lenet(), seed=3)(x), y)


def test_layers_with_one_key_share_their_weights_and_keys_tell_the_order() -> None:
    nodes = (
        node("Conv2d", (-1,), "b.twin", out_channels=3, kernel_size=1),
        node("Conv2d", (0,), "b.twin", out_channels=3, kernel_size=1),
        node("Conv2d", (1,), "a", out_channels=2, kernel_size=1),
    )
    network = build(NetworkDefinition(nodes, (3, 4, 4), keys=("a", "b.twin")))
    assert [*network.state_dict()] == ["a.weight", "a.bias", "b.twin.weight", "b.twin.bias"]
    assert sum(infer_shapes(NetworkDefinition(nodes), (3, 4, 4)).parameters) == 12 + 8


def test_dropout_by_function_follows_the_mode_of_the_network() -> None:
    free = build(NetworkDefinition((node("dropout", (-1,), p=0.5, training=None),), (1, 8, 8)))
    image = torch.ones(1, 1, 8, 8)
    assert torch.equal(free(image), image)
    assert not torch.equal(free.train()(image), image)


EXAMPLES: dict[str, tuple[dict[str, Any], tuple[tuple[int, ...], ...]]] = {
    "Conv2d": ({"in_channels": 4, "out_channels": 6, "kernel_size": (3, 2), "stride": 2, "groups": 2}, ((4, 9, 8),)),
    "Conv1d": ({"in_channels": 4, "out_channels": 6, "kernel_size": 3, "padding": 1, "dilation": 2}, ((4, 9),)),
    "ConvTranspose2d": (
        {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "stride": (2, 3), "output_padding": 1, "groups": 2},
        ((4, 5, 6),),
    ),
    "Linear": ({"in_features": 7, "out_features": 3}, ((7,),)),
    "MaxPool2d": ({"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}, ((4, 8, 9),)),
    "AvgPool2d": ({"kernel_size": (3, 2), "padding": 1}, ((4, 8, 9),)),
    "LPPool2d": ({"norm_type": 2, "kernel_size": 3}, ((4, 8, 9),)),
    "AdaptiveAvgPool2d": ({"output_size": (None, 3)}, ((4, 8, 9),)),
    "AdaptiveMaxPool2d": ({"output_size": 2}, ((4, 8, 9),)),
    **{f"{part}BatchNorm2d": ({"num_features": 4}, ((4, 3, 3),)) for part in ("", "Mean", "Variance")},
    **{f"{part}BatchNorm1d": ({"num_features": 4}, ((4,),)) for part in ("", "Mean", "Variance")},
    "InstanceNorm2d": ({"num_features": 4, "affine": True}, ((4, 3, 3),)),
    "GroupNorm": ({"num_groups": 2, "num_channels": 4}, ((4, 3, 3),)),
    "LayerNorm": ({"normalized_shape": (4, 3, 2)}, ((4, 3, 2),)),
    "LocalResponseNorm": ({"size": 5}, ((6, 3, 3),)),
    "PReLU": ({"num_parameters": 4}, ((4, 3, 3),)),
    "Threshold": ({"threshold": 0.1, "value": 2}, ((4, 3, 3),)),
    "Softmax": ({"dim": -1}, ((4,),)),
    "LogSoftmax": ({"dim": 1}, ((4,),)),
    "Unflatten": ({"dim": 1, "unflattened_size": (2, -1)}, ((6, 5),)),
    **{f"{kind}Pad2d": ({"padding": (1, 2, 0, 1)}, ((4, 5, 6),)) for kind in ("Zero", "Reflection", "Replication")},
    "CircularPad2d": ({"padding": 2}, ((4, 5, 6),)),
    "ConstantPad2d": ({"padding": 2, "value": 3}, ((4, 5, 6),)),
    "Upsample": ({"scale_factor": 2}, ((4, 5, 6),)),
    "PixelShuffle": ({"upscale_factor": 2}, ((8, 3, 5),)),
    "ChannelShuffle": ({"groups": 2}, ((8, 3, 5),)),
    **{name: ({}, ((4, 1, 3), (4, 5, 3))) for name in ("add", "sub", "mul", "div", "maximum", "minimum")},
    "pow": ({"other": 2, "swapped": True}, ((4, 3),)),
    "matmul": ({}, ((4, 5, 3), (4, 3, 2))),
    "softmax": ({"dim": 1}, ((4,),)),
    "log_softmax": ({"dim": 1}, ((4,),)),
    "clamp": ({"min": 0}, ((4,),)),
    "dropout": ({"training": None}, ((4, 3, 3),)),
    "dropout2d": ({"training": None}, ((4, 3, 3),)),
    "max_pool2d": ({"kernel_size": 2, "ceil_mode": True}, ((4, 7, 8),)),
    "avg_pool2d": ({"kernel_size": 3, "stride": 1}, ((4, 7, 8),)),
    "adaptive_avg_pool2d": ({"output_size": 1}, ((4, 7, 8),)),
    "adaptive_max_pool2d": ({"output_size": (2, 3)}, ((4, 7, 8),)),
    "interpolate": ({"size": (3, 9), "mode": "bilinear"}, ((4, 7, 8),)),
    "pad": ({"pad": (1, 2, 3, 0)}, ((4, 7, 8),)),
    "local_response_norm": ({"size": 3}, ((6, 3, 3),)),
    "pixel_shuffle": ({"upscale_factor": 2}, ((8, 3, 5),)),
    "channel_shuffle": ({"groups": 4}, ((8, 3, 5),)),
    "cat": ({"dim": 1}, ((2, 3, 3), (5, 3, 3), (1, 3, 3))),
    "stack": ({"dim": -1}, ((2, 3), (2, 3))),
    "flatten": ({"start_dim": 2}, ((2, 3, 4),)),
    "view": ({"sizes": ("n", 3, -1)}, ((6, 2, 2),)),
    "reshape": ({"sizes": (-1, 24)}, ((6, 2, 2),)),
    "permute": ({"dims": (0, 2, 3, 1)}, ((6, 2, 3),)),
    "transpose": ({"dim0": 1, "dim1": -1}, ((6, 2, 3),)),
    "squeeze": ({"dim": 2}, ((6, 1, 3),)),
    "unsqueeze": ({"dim": -1}, ((6, 2),)),
    "expand_as": ({}, ((6, 1, 1), (6, 2, 3))),
    **{name: ({"dim": (2, -1), "keepdim": True}, ((6, 2, 3),)) for name in ("mean", "sum", "amax", "amin")},
    "chunk": ({"chunks": 3, "dim": 1, "index": 2}, ((7, 2),)),
    "split": ({"sizes": (2, 5), "dim": 1, "index": 1}, ((7, 2),)),
    "getitem": ({"index": ((None, None, None), (1, None, 2), None, "...", -1)}, ((7, 2, 3),)),
}
"""Settings and shapes for each operation of the table; those without settings take a map."""


@pytest.mark.parametrize("name", OPERATION_TABLE)
def test_every_operation_gives_the_shape_and_has_the_parameters_that_torch_says(name: str) -> None:
    settings, shapes = EXAMPLES.get(name, ({}, ((4, 3, 3),)))
    operation = OPERATION_TABLE[name]
    checked = dict(checked_settings(operation, settings))
    full = operation.full(checked)
    said = operation.shape(full, shapes)
    parts = [torch.rand(2, *shape) for shape in shapes]
    if operation.layer is not None:
        layer = operation.layer(**checked)
        assert tuple(layer(*parts).shape) == (2, *said)
        count = 0 if operation.count is None else operation.count(full)
        assert sum(parameter.numel() for parameter in layer.parameters()) == count
    else:
        definition = NetworkDefinition((Node(name, tuple(range(len(parts))), tuple(checked.items())),))
        assert definition.nodes[0].operation in FUNCTION_NAMES
        given = {key: value for key, value in full.items() if value is not None or key in ("training", "dim", "stride")}
        given |= {"training": False} if "training" in given else {}
        assert operation.function is not None
        assert tuple(operation.function(given, *parts).shape) == (2, *said)


def test_every_layer_is_the_class_of_that_name() -> None:
    for name in LAYER_NAMES:
        layer = OPERATION_TABLE[name].layer
        assert isinstance(layer, type)
        assert issubclass(layer, nn.Module)
        assert layer.__name__ == name


@pytest.mark.parametrize(
    ("operation", "settings", "shapes", "arithmetic"),
    [
        ("Linear", {"in_features": 1050, "out_features": 9}, ((1568,),), "1568 ≠ 1050"),
        ("Conv2d", {"in_channels": 3, "out_channels": 9, "kernel_size": 3}, ((1, 8, 8),), "1 ≠ 3"),
        ("Conv2d", {"out_channels": 9, "kernel_size": 7, "padding": 1}, ((1, 4, 4),), "4 + 2 = 6 < 7"),
        ("Conv2d", {"in_channels": 64, "out_channels": 6, "kernel_size": 1, "groups": 3}, ((64, 2, 2),),
         "64 = 3·21 + 1"),
        ("MaxPool2d", {"kernel_size": 2, "padding": 2}, ((1, 8, 8),), "2 > 2 / 2"),
        ("add", {}, ((64, 28, 28), (64, 14, 14)), "64×28×28 ≠ 64×14×14"),
        ("cat", {"dim": 1}, ((8, 4, 4), (8, 5, 5)), "8×4×4 ∥ 8×5×5"),
        ("view", {"sizes": (-1, 400)}, ((16, 4, 4),), "16·4·4 = 256 ≠ 400"),
        ("flatten", {}, ((16, 4, 4),), "0 → 0"),
        ("chunk", {"chunks": 2, "dim": 1, "index": 2}, ((8, 4, 4),), "2 ≥ 2"),
    ],
)  # fmt: skip
def test_a_clash_shows_both_sides(operation: str, settings: Any, shapes: Any, arithmetic: str) -> None:
    entry = OPERATION_TABLE[operation]
    full = entry.full(settings)
    if "in_channels" in full and full["in_channels"] is None:
        full["in_channels"] = shapes[0][0]
    with pytest.raises(ShapeClash) as caught:
        entry.shape(full, shapes)
    assert caught.value.arithmetic == arithmetic


def test_a_network_that_breaks_tells_where_its_features_come_from() -> None:
    shapes = infer_shapes(lenet(in_features=256), (1, 28, 28))
    assert shapes.broken == 7
    assert shapes.clash is not None
    assert shapes.clash.arithmetic == "16·5·5 = 400 ≠ 256"
    with pytest.raises(UserError, match=r"fc1 \(Linear\) takes another number of features"):
        build(lenet(in_features=256))


@pytest.mark.parametrize("lines", [True, False])
def test_json_and_link_bring_the_network_back(lines: bool) -> None:
    definition = lenet()
    again = from_json(to_json(definition, lines=lines))
    assert again == definition
    link = to_link(definition)
    assert link is not None
    assert len(link) < 500
    assert from_link(link) == definition


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", '{"format":"cnnviz network"}', "[" * 10_000, '{"a":' * 5000, "NaN", "\ud800"),
        to_json(lenet()).replace('"Conv2d"', '"os.system"', 1),
        to_json(lenet()).replace('"out_channels":6', '"out_channels":1e400', 1),
        to_json(lenet()).replace('"out_channels":6', '"out_channels":' + "9" * 5000, 1),
        to_json(lenet()).replace('"out_channels":6', '"out_channels":true', 1),
        to_json(lenet()).replace('"out_channels":6', '"device":"cuda"', 1),
        to_json(lenet()).replace("[-1]", "[3]", 1),
        to_json(lenet()).replace("[-1]", "[-2]", 1),
        to_json(lenet()).replace("[-1]", "[true]", 1),
        to_json(lenet()).replace('"features.conv1"', '"forward"', 1),
        to_json(lenet()).replace('"features.conv1"', '"features"', 1),
        to_json(lenet()).replace('"features.conv1"', '"__class__.x y"', 1),
        to_json(lenet()).replace('"input":[1,28,28]', '"input":[1,28,280000]', 1),
        to_json(lenet()).replace('"version":1', '"version":2', 1),
        to_json(lenet()).replace('{"format"', '{"more":1,"format"', 1),
        to_json(lenet()).replace('"nodes":', '"output":40,"nodes":', 1),
        to_json(lenet()).replace('"nodes":', '"keys":["nobody"],"nodes":', 1),
    ],
)  # fmt: skip
def test_a_text_that_is_no_network_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UserError) as caught:
        from_json(text)
    assert str(caught.value).endswith(".")


def test_a_link_that_unpacks_to_more_than_a_network_is_refused() -> None:
    import zlib
    from base64 import urlsafe_b64encode

    bomb = urlsafe_b64encode(zlib.compress(b" " * 3_000_000, 9)).decode().rstrip("=")
    for text in (bomb, "A" * 7000, "%", "AAAA", (to_link(lenet()) or "")[:-9]):
        with pytest.raises(UserError, match="link"):
            from_link(text)


def test_limits_are_checked_before_anything_is_built() -> None:
    wide = NetworkDefinition(
        (node("Conv2d", (-1,), "c", out_channels=10_000_000, kernel_size=100_000, padding=50_000),), (1, 28, 28)
    )
    with pytest.raises(UserError, match="parameters"):
        build(wide)
    for name in ("parameters", "macs", "values"):
        with pytest.raises(UserError) as caught:
            build(lenet(), limits=DefinitionLimits(**{name: 1000}))
        assert caught.value.key == f"definition_large_{name}"
