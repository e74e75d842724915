"""Checks that a network can be cloned at all."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from cnnviz.errors import UserError
from cnnviz.module_copy.wrappers import named_modules


def check_readable(model: nn.Module) -> None:
    """Raise if some part of `model` is TorchScript, quantized or sparse.

    Raises:
        UserError: `network_script`, `network_quantized` or `network_sparse`.
    """
    for path, module in named_modules(model):
        name = path or type(module).__name__
        if isinstance(module, torch.jit.ScriptModule):
            raise UserError("network_script", layer=name)
        if _is_quantized(module):
            raise UserError("network_quantized", layer=name, kind=type(module).__name__)
        for tensor in (*module._parameters.values(), *module._buffers.values()):
            if tensor is not None and not _is_uninitialized(tensor) and tensor.layout is not torch.strided:
                raise UserError("network_sparse", layer=name)


def check_weights(model: nn.Module) -> None:
    """Raise if some weight of `model` holds no numbers: a lazy layer that never ran, or the meta device.

    Raises:
        UserError: `network_no_weights`.
    """
    for path, module in named_modules(model):
        for tensor in (*module._parameters.values(), *module._buffers.values()):
            if tensor is not None and (_is_uninitialized(tensor) or tensor.is_meta):
                raise UserError("network_no_weights", layer=path or type(module).__name__)


def input_dtype(model: nn.Module) -> torch.dtype:
    """Return the number format in which `model` takes its images: that of its first weights."""
    return next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)


def _is_uninitialized(tensor: Tensor) -> bool:
    return isinstance(tensor, UninitializedParameter | UninitializedBuffer)


def _is_quantized(module: Any) -> bool:
    home = type(module).__module__
    return (".quantized" in home and home.startswith(("torch.ao.nn.", "torch.nn."))) or home.startswith("torchao.")
