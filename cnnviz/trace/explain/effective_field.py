"""The effective receptive field: how much each pixel moves one unit, on one image."""

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.trace.explain.explanation import Index
from cnnviz.trace.explain.replay import Replay
from cnnviz.trace.record import Trace


def effective_field(model: nn.Module, trace: Trace, name: str, index: Index, image: Tensor) -> Tensor:
    """Return |∂unit/∂x| summed over the input channels, (H, W), for one unit of row `name` on (1, C, H, W).

    The model is only read: no mode, hook or gradient of it changes.

    Raises:
        UserError: `explain_index`, `unknown_layer` or `walk_image`.
    """
    with torch.enable_grad():
        watched = image.detach().clone().requires_grad_()
        output = Replay(model, trace).output(name, watched)[0]
        shape = tuple(output.shape)
        if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape, strict=True)):
            raise UserError(
                "explain_index", layer=name, index=", ".join(map(str, index)), shape="×".join(map(str, shape))
            )
        (gradient,) = torch.autograd.grad(output[index], watched)
    return gradient[0].abs().sum(0)
