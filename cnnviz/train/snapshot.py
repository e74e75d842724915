"""The saved state of a training: tensors and plain facts, enough to resume bit for bit."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError

MODEL, OPTIMIZER = "model.", "optimizer."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Contiguous tensors on the CPU, as safetensors stores them, and facts as JSON stores them.

    The facts hold the settings, the place (epochs, minibatches and steps done), the epoch's sums and the
    changes by hand. There is no generator among the tensors: every draw follows from the seed and the place.
    """

    tensors: dict[str, Tensor]
    """"model.conv1.weight", "optimizer.conv1.weight/momentum_buffer"."""
    facts: dict[str, Any]

    def weights(self) -> dict[str, Tensor]:
        """Return the model's part, as its `load_state_dict` takes it."""
        return self._part(MODEL)

    def optimizer(self) -> dict[str, Tensor]:
        """Return the optimizer's part."""
        return self._part(OPTIMIZER)

    def _part(self, prefix: str) -> dict[str, Tensor]:
        return {name.removeprefix(prefix): tensor for name, tensor in self.tensors.items() if name.startswith(prefix)}


def make_snapshot(model: nn.Module, optimizer: dict[str, Tensor], facts: dict[str, Any]) -> Snapshot:
    """Return a snapshot with copies of all tensors."""
    named = {MODEL + name: tensor for name, tensor in model.state_dict().items()}
    named |= {OPTIMIZER + name: tensor for name, tensor in optimizer.items()}
    return Snapshot({name: cpu_copy(tensor) for name, tensor in named.items()}, facts)


def cpu_copy(tensor: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    """Return a contiguous copy on the CPU, in the tensor's own number format or in `dtype`."""
    return torch.empty(tensor.shape, dtype=dtype or tensor.dtype).copy_(tensor.detach())


def load_weights(model: nn.Module, weights: dict[str, Tensor]) -> None:
    """Copy `weights` into the model, all or none.

    Raises:
        UserError: names or shapes that are not the model's.
    """
    own = model.state_dict()
    wrong = sorted(set(own) ^ set(weights))
    wrong = wrong or [name for name in own if own[name].shape != weights[name].shape]
    if wrong:
        raise UserError("train_snapshot", layer=wrong[0])
    model.load_state_dict(weights)
