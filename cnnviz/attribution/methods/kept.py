"""What a layer gives in one pass, and the target's gradient there."""

import torch
from torch import Tensor, nn

from cnnviz.attribution.question import Question
from cnnviz.errors import Refusal


class Kept:
    """Keeps the output of one layer of one's own network on each pass, safe from work in place behind it."""

    def __init__(self, network: nn.Module, name: str) -> None:
        self._name, self._seen = name, list[Tensor]()
        self._module = network.get_submodule(name)

    def __enter__(self) -> "Kept":
        self._handle = self._module.register_forward_hook(self._keep)
        return self

    def __exit__(self, *error: object) -> None:
        self._handle.remove()

    def _keep(self, module: nn.Module, given: object, output: object) -> Tensor | None:
        if not isinstance(output, Tensor):
            return None
        kept = output if output.requires_grad else output.detach().requires_grad_(torch.is_grad_enabled())
        self._seen.append(kept)
        return kept.clone()

    def take(self) -> Tensor:
        """The layer's output on the pass since the last call.

        Raises:
            Refusal: `attribution_layer_silent` or `attribution_layer_reused`.
        """
        seen, self._seen = self._seen, []
        if not seen:
            raise Refusal("attribution_layer_silent", layer=self._name)
        if len(seen) > 1:
            raise Refusal("attribution_layer_reused", layer=self._name, calls=len(seen))
        return seen[0]


def layer_gradient(question: Question, name: str, images: Tensor) -> tuple[Tensor, Tensor]:
    """A layer's output and ∂f/∂output for (N, C, H, W), each (N, …)."""
    with torch.enable_grad(), Kept(question.network, name) as kept:
        values = question(images)
        output = kept.take()
        (slopes,) = torch.autograd.grad(values if len(values) == 1 else values.sum(), output, allow_unused=True)
    return output.detach(), torch.zeros_like(output) if slopes is None else slopes
