"""The weights of a checkpoint: checked against its card, then loaded into its network."""

import hashlib
from pathlib import Path

import torch
from torch import Tensor, nn

from cnnviz.checkpoints.card import Card
from cnnviz.errors import UserError


def load_weights(card: Card) -> dict[str, Tensor]:
    """Return the tensors as `load_state_dict` takes them: float32 on the CPU, counters int64.

    Raises:
        UserError: `checkpoint_absent` without the file, `checkpoint_changed` where it is not the card's,
            `weights_format` where it is no safetensors file.
    """
    from safetensors.torch import load

    try:
        data = card.weights_path.read_bytes()
    except OSError as error:
        raise UserError("checkpoint_absent", name=card.name, path=card.weights_path) from error
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise UserError("checkpoint_changed", name=card.name, path=card.weights_path)
    try:
        tensors = load(data)
    except Exception as error:  # a card of anyone's can have the hash of any file
        raise UserError("weights_format") from error
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}


def build_network(card: Card) -> nn.Module:
    """Return the trained network in evaluation mode: (N, C, H, W), pixels in [0, 1] -> (N, num_classes) logits.

    Raises:
        UserError: as `load_weights`.
    """
    from cnnviz.zoo import build

    network = build(card.architecture, card.options, card.input_shape, card.num_classes)
    network.load_state_dict(load_weights(card))
    return network.requires_grad_(False).eval()


def save_weights(path: Path, weights: dict[str, Tensor], precision: str) -> tuple[int, str]:
    """Write the file of weights; return its size in bytes and its SHA-256.

    With `precision="float16"` matrices and kernels are rounded; vectors (biases, all of batch normalization) stay.
    """
    from safetensors.torch import save

    half = torch.float16 if precision == "float16" else torch.float32
    kept = {
        name: tensor.to(half if tensor.dim() > 1 else torch.float32) if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }
    data = save({name: tensor.contiguous().cpu() for name, tensor in kept.items()})
    path.write_bytes(data)
    return len(data), hashlib.sha256(data).hexdigest()
