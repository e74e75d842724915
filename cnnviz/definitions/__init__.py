"""Own networks as data: read and checked, never executed.

>>> from cnnviz.definitions import NetworkDefinition, Node, build
>>> conv = Node("Conv2d", (-1,), (("out_channels", 6), ("kernel_size", 5)), "conv1")
>>> net = NetworkDefinition((conv, Node("relu", (0,)), Node("flatten", (1,), (("start_dim", 1),))), (1, 28, 28))
>>> build(net)._modules["conv1"].in_channels
1
"""

from typing import TYPE_CHECKING, Any

from cnnviz.definitions.record import NetworkDefinition as NetworkDefinition
from cnnviz.definitions.record import Node as Node

if TYPE_CHECKING:
    from cnnviz.definitions.defined_network import build as build
    from cnnviz.definitions.diagnosis import diagnose as diagnose
    from cnnviz.definitions.pytorch.reader import parse_pytorch as parse_pytorch
    from cnnviz.definitions.pytorch.reader import read_pytorch as read_pytorch
    from cnnviz.definitions.text_diagnosis import diagnose_source as diagnose_source
    from cnnviz.definitions.text_form import from_json as from_json
    from cnnviz.definitions.text_form import from_link as from_link
    from cnnviz.definitions.text_form import to_json as to_json
    from cnnviz.definitions.text_form import to_link as to_link
    from cnnviz.definitions.traced_definition import definition_of as definition_of
    from cnnviz.definitions.weights_form import definition_in as definition_in
    from cnnviz.definitions.weights_form import to_safetensors as to_safetensors

_HOMES = {"build": "defined_network", "from_json": "text_form", "to_json": "text_form", "from_link": "text_form"}
_HOMES |= {"diagnose": "diagnosis", "diagnose_source": "text_diagnosis"}
_HOMES |= {"definition_of": "traced_definition", "definition_in": "weights_form", "to_safetensors": "weights_form"}
_HOMES |= {"to_link": "text_form", "parse_pytorch": "pytorch.reader", "read_pytorch": "pytorch.reader"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"cnnviz.definitions.{_HOMES[name]}"), name)
