"""Layer conductance: the share of each cell of a layer in the score difference between baseline and image."""

from dataclasses import replace

import torch
from captum.attr import LayerGradientXActivation
from torch import Tensor

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.convergence import FIRST_STEPS, with_adaptive_steps
from cnnviz.attribution.methods.layer_probe import LAYER, UNUSED_IS_ZERO, LayerProbe
from cnnviz.options import Option, Whole


def conductance(inputs: MethodInput) -> MethodResult:
    """Return ∫ ∂f/∂cell · dcell along the line from x′ to x, added up over the channels: (h, w).

    By the trapezoid rule from end to end, over Captum's layer gradients: its own `LayerConductance` leaves out both
    ends, or takes for each step the gradient at its beginning alone.
    """
    return replace(with_adaptive_steps(inputs, _conduct, ends=1), corrected=True)


def _conduct(inputs: MethodInput, steps: int) -> Tensor:
    slopes_at = LayerGradientXActivation(inputs.f, inputs.layer_module, multiply_by_inputs=False)
    places = torch.linspace(0, 1, steps + 1).to(inputs.image)
    parts: list[tuple[Tensor, Tensor]] = []
    total: Tensor | None = None
    for part in places.split(inputs.batch_size):
        points = inputs.baseline + part.view(-1, 1, 1, 1) * (inputs.image - inputs.baseline)
        with LayerProbe(inputs) as probe:
            slopes = slopes_at.attribute(points, grad_kwargs=UNUSED_IS_ZERO)
        parts = [*parts, (probe.output, slopes)]
        maps, slopes = (torch.cat(pieces) for pieces in zip(*parts, strict=True))
        share = ((maps[1:] - maps[:-1]) * (slopes[1:] + slopes[:-1]) / 2).sum((0, 1))
        total = share if total is None else total + share
        parts = [(maps[-1:], slopes[-1:])]
    assert total is not None
    return total


CONDUCTANCE = Method(
    "conductance",
    conductance,
    "LayerConductance",
    f"LayerConductance({{model}}, {LAYER}).attribute(\n"
    '    image, torch.from_numpy(archive["baseline"]), {target}n_steps={steps}\n)[0].sum(0)',
    lambda options, shape: 3 + (int(options["steps"]) or 2 * FIRST_STEPS),
    "Dhamdhere, Sundararajan & Yan 2019, arXiv:1805.12233",
    kind="layer",
    needs_layer=True,
    uses_baseline=True,
    batches=True,
    adds_up=True,
    corrected="always",
    options=(Option("steps", Whole(8, 2048, automatic=0), 0),),
)
