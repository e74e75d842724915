"""ONNX files are read as networks with the same outputs, and broken ones are a sentence."""

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from cnnviz.definitions import build, definition_in, definition_of, parse_pytorch
from cnnviz.definitions.onnx_form.onnx_operators import ONNX_OPERATORS
from cnnviz.definitions.onnx_form.onnx_process import convert_onnx
from cnnviz.definitions.onnx_form.onnx_reader import read_onnx
from cnnviz.errors import UserError
from cnnviz.models import load_model
from cnnviz.zoo import ARCHITECTURES
from cnnviz.zoo import build as build_zoo
from tests.definitions.onnx_files import onnx_bytes


def outputs(data: bytes, image: torch.Tensor) -> torch.Tensor:
    definition, state = read_onnx(data)
    network = build(definition)
    network.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in state.items()})
    with torch.no_grad():
        return network(image)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_networks_of_the_course_give_equal_outputs(name: str) -> None:
    shape = (1, 64, 64) if name != "lenet" else (1, 28, 28)
    shape = (1, 96, 96) if name in ("alexnet", "nin", "googlenet") else shape
    known = {option.name for option in ARCHITECTURES[name].options}
    options = {option: value for option, value in (("width", 0.25), ("hidden", 128)) if option in known}
    network = build_zoo(name, options, shape, 10, seed=1)
    data = onnx_bytes(definition_of(network, shape), network.state_dict())
    image = torch.rand(2, *shape)
    with torch.no_grad():
        torch.testing.assert_close(outputs(data, image), network(image), rtol=1e-5, atol=1e-5)


def model(nodes: list[Any], constants: dict[str, Any], sides: tuple[Any, ...] = ("N", 2, 6, 6)) -> bytes:
    make = onnx.helper
    values = [
        make.make_tensor(name, 1 if one.dtype.kind == "f" else 7, one.shape, one.ravel())
        for name, one in constants.items()
    ]
    image = make.make_tensor_value_info("x", 1, sides)
    output = make.make_tensor_value_info(nodes[-1].output[0], 1, None)
    graph = make.make_graph(nodes, "net", [image], [output], values)
    return make.make_model(graph, opset_imports=[make.make_opsetid("", 18)]).SerializeToString()


REAL = np.float32
CASES: dict[str, tuple[list[tuple[str, list[str], dict[str, Any]]], dict[str, Any]]] = {
    "matmul and bias": (
        [("Flatten", ["x"], {}), ("MatMul", ["0", "w"], {}), ("Add", ["1", "b"], {})],
        {"w": np.arange(216, dtype=REAL).reshape(72, 3) / 99, "b": np.array([1, 2, 3], dtype=REAL)},
    ),
    "uneven padding": (
        [("Conv", ["x", "w"], {"pads": [0, 1, 1, 0]}), ("Neg", ["0"], {})],
        {"w": np.arange(72, dtype=REAL).reshape(4, 2, 3, 3) / 50},
    ),
    "depthwise, dilated": (
        [("Conv", ["x", "w", "b"], {"group": 2, "dilations": [2, 1], "strides": [1, 2]})],
        {"w": np.arange(18, dtype=REAL).reshape(2, 1, 3, 3) / 9, "b": np.array([1, -1], dtype=REAL)},
    ),
    "transposed": (
        [("ConvTranspose", ["x", "w"], {"strides": [2, 2], "pads": [1, 1, 1, 1]})],
        {"w": np.arange(54, dtype=REAL).reshape(2, 3, 3, 3) / 50},
    ),
    "squeeze and excitation": (
        [("GlobalAveragePool", ["x"], {}), ("HardSigmoid", ["0"], {"alpha": 1 / 6}), ("Mul", ["x", "1"], {})],
        {},
    ),
    "reductions": (
        [("ReduceMean", ["x", "a"], {"keepdims": 0}), ("Softmax", ["0"], {"axis": 1})],
        {"a": np.array([2, 3], dtype=np.int64)},
    ),
    "shapes": (
        [
            ("Transpose", ["x"], {"perm": [0, 2, 3, 1]}),
            ("Reshape", ["0", "s"], {}),
            ("Unsqueeze", ["1", "one"], {}),
            ("Squeeze", ["2", "one"], {}),
        ],
        {"s": np.array([0, -1], dtype=np.int64), "one": np.array([1], dtype=np.int64)},
    ),
    "numbers": (
        [("Sub", ["c", "x"], {}), ("Div", ["0", "c"], {}), ("Clip", ["1", "c"], {}), ("Elu", ["2"], {"alpha": 0.5})],
        {"c": np.array(0.25, dtype=REAL)},
    ),
    "pad and pools": (
        [
            ("Pad", ["x", "p"], {"mode": "reflect"}),
            ("AveragePool", ["0"], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]}),
            ("MaxPool", ["1"], {"kernel_shape": [2, 2], "strides": [1, 1]}),
            ("LeakyRelu", ["2"], {"alpha": 0.2}),
        ],
        {"p": np.array([0, 0, 1, 2, 0, 0, 2, 1], dtype=np.int64)},
    ),
    "normalized": (
        [("InstanceNormalization", ["x", "g", "b"], {}), ("LRN", ["0"], {"size": 3}), ("PRelu", ["1", "s"], {})],
        {
            "g": np.array([1, 2], dtype=REAL),
            "b": np.array([0, 1], dtype=REAL),
            "s": np.array([[[0.1]], [[0.3]]], dtype=REAL),
        },
    ),
    "same padding": (
        [
            ("Conv", ["x", "w"], {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
            ("Conv", ["0", "v"], {"auto_pad": "SAME_LOWER", "dilations": [1, 2]}),
            ("MaxPool", ["1"], {"kernel_shape": [3, 1], "auto_pad": "SAME_UPPER"}),
        ],
        {
            "w": np.arange(54, dtype=REAL).reshape(3, 2, 3, 3) / 50,
            "v": np.arange(36, dtype=REAL).reshape(2, 3, 2, 3) / 36,
        },
    ),
    "nearest by a scale": (
        [("Resize", ["x", "", "by"], {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"})],
        {"by": np.array([1, 1, 2, 2], dtype=REAL)},
    ),
    "nearest in the middle of pixels": (
        [("Resize", ["x", "", "by"], {})],
        {"by": np.array([1, 1, 3, 2], dtype=REAL)},
    ),
    "linear to a size": (
        [("Resize", ["x", "", "", "to"], {"mode": "linear", "axes": [2, 3]})],
        {"to": np.array([9, 4], dtype=np.int64)},
    ),
    "linear from corner to corner": (
        [
            (
                "Resize",
                ["x", "", "by"],
                {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
            )
        ],
        {"by": np.array([1, 1, 1.5, 1.5], dtype=REAL)},
    ),
    "cubic": (
        [("Resize", ["x", "", "by"], {"mode": "cubic"})],
        {"by": np.array([1, 1, 2, 2], dtype=REAL)},
    ),
    "a view of computed sizes": (
        [
            ("Shape", ["x"], {}),
            ("Gather", ["0", "zero"], {}),
            ("Unsqueeze", ["1", "first"], {}),
            ("Concat", ["2", "rest"], {"axis": 0}),
            ("Reshape", ["x", "3"], {}),
        ],
        {
            "zero": np.array(0, dtype=np.int64),
            "first": np.array([0], dtype=np.int64),
            "rest": np.array([-1], dtype=np.int64),
        },
    ),
    "a view of counted features": (
        [
            ("Shape", ["x"], {}),
            ("Slice", ["0", "one", "four"], {}),
            ("ReduceProd", ["1"], {}),
            ("Shape", ["x"], {"end": 1}),
            ("Concat", ["3", "2"], {"axis": 0}),
            ("Cast", ["4"], {"to": 7}),
            ("Reshape", ["x", "5"], {}),
        ],
        {"one": np.array([1], dtype=np.int64), "four": np.array([4], dtype=np.int64)},
    ),
    "channels in groups": (
        [
            ("Shape", ["x"], {}),
            ("Gather", ["0", "at"], {}),
            ("Div", ["1", "two"], {}),
            ("Mul", ["2", "two"], {}),
            ("Concat", ["n", "3", "rest"], {"axis": 0}),
            ("Reshape", ["x", "4"], {}),
        ],
        {
            "at": np.array([1], dtype=np.int64),
            "two": np.array([2], dtype=np.int64),
            "n": np.array([0], dtype=np.int64),
            "rest": np.array([-1], dtype=np.int64),
        },
    ),
    "a size of another map": (
        [
            ("MaxPool", ["x"], {"kernel_shape": [2, 2], "strides": [2, 2]}),
            ("Shape", ["0"], {"end": 2}),
            ("Shape", ["x"], {"start": -2}),
            ("Concat", ["1", "2"], {"axis": 0}),
            (
                "Resize",
                ["0", "", "", "3"],
                {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
            ),
        ],
        {},
    ),
}


def written(case: str) -> bytes:
    """The file of a case."""
    steps, constants = CASES[case]
    nodes = [
        onnx.helper.make_node(kind, inputs, [str(place)], **attributes)
        for place, (kind, inputs, attributes) in enumerate(steps)
    ]
    return model(nodes, constants)


@pytest.mark.parametrize("case", CASES)
def test_operators_compute_as_the_reference_of_onnx(case: str) -> None:
    from onnx.reference import ReferenceEvaluator

    data = written(case)
    image = np.random.default_rng(0).normal(size=(2, 2, 6, 6)).astype(np.float32)
    expected = ReferenceEvaluator(onnx.ModelProto.FromString(data)).run(None, {"x": image})[0]
    np.testing.assert_allclose(outputs(data, torch.from_numpy(image)).numpy(), expected, rtol=1e-5, atol=1e-5)


UNREAD: dict[str, list[tuple[str, list[str], dict[str, Any]]]] = {
    "onnx_uneven": [("MaxPool", ["x"], {"kernel_shape": [2, 2], "auto_pad": "SAME_UPPER"})],
    "onnx_node": [("Resize", ["x", "", "by"], {"coordinate_transformation_mode": "tf_crop_and_resize"})],
    "onnx_operator": [("Gather", ["x", "by"], {})],
}


@pytest.mark.parametrize("key", UNREAD)
def test_what_has_no_counterpart_in_torch_is_one_sentence(key: str) -> None:
    nodes = [onnx.helper.make_node(kind, inputs, ["0"], **given) for kind, inputs, given in UNREAD[key]]
    with pytest.raises(UserError) as refused:
        read_onnx(model(nodes, {"by": np.array([1, 1, 2, 2], dtype=REAL)}))
    assert refused.value.key == key
    assert str(refused.value)


@pytest.mark.parametrize(
    "steps",
    [
        [("Shape", ["x"], {}), ("Mul", ["0", "0"], {}), ("Reshape", ["x", "1"], {})],
        [("Shape", ["x"], {}), ("Gather", ["0", "far"], {}), ("Reshape", ["x", "1"], {})],
        [("Shape", ["x"], {}), ("Div", ["0", "zero"], {}), ("Reshape", ["x", "1"], {})],
        [("Shape", ["x"], {}), *(("Concat", [str(at), str(at)], {"axis": 0}) for at in range(9))],
        [("Shape", ["x"], {}), ("Squeeze", ["0"], {}), ("Reshape", ["x", "1"], {})],
        [("Shape", ["nowhere"], {}), ("Reshape", ["x", "0"], {})],
        [("Shape", ["x"], {}), ("Slice", ["0"], {}), ("Reshape", ["x", "1"], {})],
    ],
)
def test_sizes_that_cannot_be_computed_are_refused(steps: list[Any]) -> None:
    constants = {"far": np.array(9, dtype=np.int64), "zero": np.array([0], dtype=np.int64)}
    nodes = [onnx.helper.make_node(kind, inputs, [str(at)], **given) for at, (kind, inputs, given) in enumerate(steps)]
    with pytest.raises(UserError):
        read_onnx(model(nodes, constants))


def test_about_sixty_operators_are_read() -> None:
    assert len(ONNX_OPERATORS) > 50


def small() -> bytes:
    network = parse_pytorch(
        "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10))", (1, 9, 9)
    )
    return onnx_bytes(network, build(network, seed=2).state_dict())


def test_a_process_of_its_own_gives_a_file_that_opens(tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    file.write_bytes(convert_onnx(small()))
    assert definition_in(file.read_bytes()).input_shape == (1, 9, 9)
    image = torch.rand(1, 1, 9, 9)
    torch.testing.assert_close(load_model(str(file)).network()(image), outputs(small(), image))
    with pytest.raises(UserError) as refused:
        convert_onnx(b"no protobuf at all")
    assert refused.value.key == "onnx_text"


def changed(edit: Any) -> bytes:
    found = onnx.ModelProto.FromString(small())
    edit(found)
    return found.SerializeToString()


def _external(found: Any) -> None:
    found.graph.initializer[0].data_location = 1
    found.graph.initializer[0].external_data.add(key="location", value="../../etc/passwd")


REFUSED = {
    "onnx_external": _external,
    "onnx_operator": lambda found: setattr(found.graph.node[0], "domain", "ai.onnx.contrib"),
    "onnx_tensor": lambda found: setattr(found.graph.initializer[0], "raw_data", b"1234"),
    "onnx_image": lambda found: found.graph.input[0].type.tensor_type.shape.dim[2].ClearField("dim_value"),
    "onnx_input": lambda found: found.graph.input.add(name="other"),
    "onnx_output": lambda found: found.graph.output.add(name="other"),
    "onnx_node": lambda found: found.graph.node[0].attribute.add(name="body", type=5),
    "onnx_text": lambda found: found.graph.ClearField("node"),
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_is_not_read_is_one_sentence(key: str) -> None:
    with pytest.raises(UserError) as refused:
        read_onnx(changed(REFUSED[key]))
    assert refused.value.key == key
    assert str(refused.value)


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.many)])
def test_files_with_flipped_or_missing_bytes_are_read_or_refused(count: int) -> None:
    files, draw = (small(), written("a size of another map"), written("same padding")), random.Random(3)
    for _ in range(count):
        data = bytearray(draw.choice(files))
        for _ in range(draw.randrange(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        if draw.random() < 0.3:
            del data[draw.randrange(len(data)) :]
        with suppress(UserError):
            definition, _ = read_onnx(bytes(data))
            build(definition, device="meta")
