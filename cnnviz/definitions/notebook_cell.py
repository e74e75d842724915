"""A cell for notebooks: your network with its weights as one file, to be opened on the page of your own network."""

import json
import re
from textwrap import indent

from safetensors.torch import save_file
from torch import fx, nn


def save_network(model: nn.Module, input_shape: tuple[int, int, int], path: str) -> None:
    """Write layers, order and weights of `model`; `input_shape` is (C, H, W) of one image."""
    traced = fx.symbolic_trace(model.eval().cpu())
    layers: dict[str, nn.Module] = {}
    for node in traced.graph.nodes:
        if node.op == "call_module":
            name = str(node.target).replace(".", "_")
            layers[name] = traced.get_submodule(str(node.target))
            traced.add_submodule(name, layers[name])
            node.target = name
    traced.recompile()
    lines = ["class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        self.{name} = nn." + re.sub(r"=([a-z]+)\b", r"='\1'", f"{one}") for name, one in layers.items()]
    calls = traced.code.strip().replace("torch._C._nn.", "F.").replace("training = False", "training = self.training")
    text = "\n".join(lines) + "\n" + indent(calls, "    ") + "\n\n\nnet = Net()\n"
    state = {f"{name}.{key}": value for name, layer in layers.items() for key, value in layer.state_dict().items()}
    tensors = {name: value.contiguous().clone() for name, value in state.items()}
    save_file(tensors, path, {"cnnviz.pytorch": text, "cnnviz.input": json.dumps(input_shape)})


# save_network(net, (1, 28, 28), "net.safetensors")
