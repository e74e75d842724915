"""ONNX files of networks, written node by node for the tests of their reader."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from cnnviz.definitions import NetworkDefinition, Node
from cnnviz.definitions.table import OPERATION_TABLE

POINTWISE = {"ReLU": "Relu", "relu": "Relu", "Sigmoid": "Sigmoid", "Tanh": "Tanh", "Dropout": "Dropout"}
POINTWISE |= {"add": "Add", "Identity": "Identity", "Hardswish": "HardSwish", "ReLU6": "Clip"}


def onnx_bytes(definition: NetworkDefinition, state: Mapping[str, Tensor], scores: int = 10) -> bytes:
    """The file of a network with its weights, of opset 13."""
    from onnx import TensorProto, helper

    nodes, constants = [], {}
    for name, tensor in state.items():
        if tensor.is_floating_point():
            constants[name] = helper.make_tensor(
                name, TensorProto.FLOAT, tensor.shape, tensor.contiguous().numpy().tobytes(), raw=True
            )
    used: set[str] = set()
    for index, node in enumerate(definition.nodes):
        inputs = [f"v{source}" for source in node.inputs]
        written = _written(node, inputs)
        used.update(name for name in written[1] if name in constants)
        nodes.append(helper.make_node(written[0], written[1], [f"v{index}"], **written[2]))
    for limit, value in (("zero", 0.0), ("six", 6.0)):
        constants[limit] = helper.make_tensor(limit, TensorProto.FLOAT, [], [value])
        used.add(limit)
    assert definition.input_shape is not None
    image = helper.make_tensor_value_info("v-1", TensorProto.FLOAT, ["N", *definition.input_shape])
    output = helper.make_tensor_value_info(f"v{definition.output_index}", TensorProto.FLOAT, ["N", scores])
    graph = helper.make_graph(nodes, "net", [image], [output], [constants[name] for name in sorted(used)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]).SerializeToString()


def _written(node: Node, inputs: list[str]) -> tuple[str, list[str], dict[str, Any]]:
    """An operator, its inputs and its attributes."""
    settings = OPERATION_TABLE[node.operation].full(dict(node.settings))
    key = node.key
    match node.operation:
        case "Conv2d":
            height, width = _pair(settings["padding"])
            given = {
                "kernel_shape": _pair(settings["kernel_size"]),
                "strides": _pair(settings["stride"]),
                "pads": [height, width, height, width],
                "dilations": _pair(settings["dilation"]),
                "group": settings["groups"],
            }
            return "Conv", [*inputs, f"{key}.weight", *([f"{key}.bias"] if settings["bias"] else [])], given
        case "Linear":
            return "Gemm", [*inputs, f"{key}.weight", *([f"{key}.bias"] if settings["bias"] else [])], {"transB": 1}
        case "BatchNorm2d":
            parts = ("weight", "bias", "running_mean", "running_var")
            return "BatchNormalization", [*inputs, *(f"{key}.{part}" for part in parts)], {"epsilon": settings["eps"]}
        case "MaxPool2d" | "AvgPool2d":
            kernel, (height, width) = _pair(settings["kernel_size"]), _pair(settings["padding"])
            given = {
                "kernel_shape": kernel,
                "strides": kernel if settings["stride"] is None else _pair(settings["stride"]),
                "pads": [height, width, height, width],
                "ceil_mode": int(settings["ceil_mode"]),
            }
            if node.operation == "AvgPool2d":
                return "AveragePool", inputs, given | {"count_include_pad": 1}
            return "MaxPool", inputs, given
        case "AdaptiveAvgPool2d" | "adaptive_avg_pool2d":
            assert settings["output_size"] in (1, (1, 1))
            return "GlobalAveragePool", inputs, {}
        case "Flatten" | "flatten":
            return "Flatten", inputs, {"axis": 1}
        case "cat":
            return "Concat", inputs, {"axis": settings["dim"]}
        case "LocalResponseNorm":
            given = {"size": settings["size"], "alpha": settings["alpha"], "beta": settings["beta"]}
            return "LRN", inputs, given | {"bias": settings["k"]}
        case "ReLU6":
            return "Clip", [*inputs, "zero", "six"], {}
    return POINTWISE[node.operation], inputs, {}


def _pair(value: Any) -> list[int]:
    return [int(one) for one in value] if isinstance(value, tuple) else [int(value), int(value)]
