"""Weights of torchvision's models in our networks of the same form, which name their layers otherwise."""

from collections.abc import Mapping

from torch import Tensor, nn

from cnnviz.errors import UserError

AUXILIARY_HEADS = ("aux1.", "aux2.", "AuxLogits.")
"""Layers that torchvision only needs while training, and our networks leave out."""
COUNTER = "num_batches_tracked"
"""Batch normalization's count of batches, which some published files lack and no output depends on."""


def load_torchvision(network: nn.Module, state_dict: Mapping[str, Tensor]) -> None:
    """Fill `network` with the tensors of torchvision's same form; on the meta device it adopts them.

    Tensors pair in order of definition, so the network must define its layers in torchvision's order. Every
    pair must agree in role (weight, bias, running mean, ...) and shape; nothing is changed unless all do.

    Raises:
        UserError: `torchvision_weights` at the first pair that differs, `torchvision_count` where one has more.
    """
    renamed = match_torchvision(network, state_dict)
    own = network.state_dict()
    renamed |= {name: tensor for name, tensor in own.items() if _role(name) == COUNTER and not tensor.is_meta}
    adopt = any(tensor.is_meta for tensor in own.values())
    network.load_state_dict(renamed, strict=not adopt, assign=adopt)
    if adopt:
        _count_from_zero(network)


def match_torchvision(network: nn.Module, state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return `state_dict` under the names of `network`, without counters and auxiliary heads.

    Raises:
        UserError: as `load_torchvision`.
    """
    own = [(name, tensor) for name, tensor in network.state_dict().items() if _role(name) != COUNTER]
    theirs = [
        (name, tensor)
        for name, tensor in state_dict.items()
        if _role(name) != COUNTER and not name.startswith(AUXILIARY_HEADS)
    ]
    for (name, tensor), (their_name, their_tensor) in zip(own, theirs, strict=False):
        if _role(name) != _role(their_name) or tensor.shape != their_tensor.shape:
            raise UserError(
                "torchvision_weights",
                theirs=their_name,
                their_shape=_written(their_tensor),
                ours=name,
                shape=_written(tensor),
            )
    if len(own) != len(theirs):
        raise UserError("torchvision_count", theirs=len(theirs), ours=len(own))
    return {name: tensor for (name, _), (_, tensor) in zip(own, theirs, strict=True)}


def _count_from_zero(network: nn.Module) -> None:
    for layer in network.modules():
        counter = layer._buffers.get(COUNTER)
        if counter is not None and counter.is_meta:
            layer._buffers[COUNTER] = counter.new_zeros(counter.shape, device="cpu")


def _role(name: str) -> str:
    return name.rpartition(".")[2]


def _written(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape))
