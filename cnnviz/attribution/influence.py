"""Which training images mattered: what a step on each of them did for the answer to one image.

TracIn (Pruthi et al. 2020, arXiv:2002.08484) in its fast form, that of Captum's `TracInCPFast`: the gradients of the
last layer alone, whose products are products of two small vectors, so that no gradient is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from cnnviz.attribution.lending import borrowed
from cnnviz.attribution.question import Progress, Question, Stop
from cnnviz.attribution.target import Target
from cnnviz.errors import Refusal

Batches = Callable[[int], Iterator[tuple[Tensor, Tensor]]]
"""So many at once -> the training images (n, C, H, W) as the network reads them, and their labels."""
Loss = Callable[[Tensor, Tensor], Tensor]
"""Scores (n, K) and labels -> what the training minimised, a mean over images."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The network as it was at one moment of its training."""

    network: nn.Module
    rate: float
    """The learning rate there."""


@dataclass(frozen=True, slots=True, eq=False)
class _Last:
    """What the gradient of the last dense layer is made of, for n images."""

    before: Tensor
    """(n, F), what it reads, and a last column of ones where it has a bias."""
    slopes: Tensor
    """(n, K), ∂loss/∂score of each image."""


def influence(
    moments: Iterable[Moment],
    image: Tensor,
    target: Target,
    batches: Batches,
    loss: Loss,
    *,
    count: int,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Tensor:
    """What one step on each training image adds to log p of the target's class for `image`, float32 (N,).

    Σ over the moments of rate · ∇(−log p) · ∇loss, both gradients with respect to the last dense layer: by how much,
    to first order, plain gradient descent on that image alone would have raised the class. `count` is the number of
    training images times moments, for `progress`.

    Raises:
        Refusal: `attribution_no_dense` where the scores do not come from a dense layer, and what `Question` refuses.
        Stopped: `stop()` was true.
    """
    total: Tensor | None = None
    done = 0
    for moment in moments:
        with borrowed(moment.network) as (network, _):
            question = Question(network, Target(target.index), stop=stop)
            question.measure(image)
            layer = last_dense(network, image)
            own = _look(network, layer, image, lambda scores: _surprise(scores, target))
            found = []
            for images, labels in batches(question.batch):
                question.check_stop()
                step = _look(network, layer, images, partial(_summed, loss, labels))
                found.append((step.before @ own.before[0]) * (step.slopes @ own.slopes[0]))
                done += len(images)
                if progress is not None:
                    progress(done, max(done, count))
        scores = moment.rate * torch.cat(found)
        total = scores if total is None else total + scores
    assert total is not None
    return total.float().cpu()


def last_dense(network: nn.Module, image: Tensor) -> nn.Linear:
    """The dense layer whose output is the network's, in a network of one's own.

    Raises:
        Refusal: `attribution_no_dense`.
    """
    outputs: list[tuple[nn.Linear, Tensor]] = []
    dense = [module for module in network.modules() if type(module) is nn.Linear]
    handles = [
        module.register_forward_hook(lambda module, given, output: outputs.append((module, output))) for module in dense
    ]
    try:
        with torch.no_grad():
            scores = network(image)
    finally:
        for handle in handles:
            handle.remove()
    for module, output in reversed(outputs):
        if output.shape == scores.shape and torch.equal(output, scores):
            return module
    raise Refusal("attribution_no_dense")


def _look(network: nn.Module, layer: nn.Linear, images: Tensor, loss: Callable[[Tensor], Tensor]) -> _Last:
    read: list[Tensor] = []
    handle = layer.register_forward_pre_hook(lambda module, given: read.append(given[0]))
    try:
        with torch.no_grad():
            scores = network(images)
    finally:
        handle.remove()
    with torch.enable_grad():
        watched = scores.detach().requires_grad_()
        (slopes,) = torch.autograd.grad(loss(watched), watched)
    before = read[0] if layer.bias is None else torch.cat((read[0], read[0].new_ones(len(images), 1)), 1)
    return _Last(before, slopes)


def _summed(loss: Loss, labels: Tensor, scores: Tensor) -> Tensor:
    """Of all images, so that the slope of each is its own."""
    return loss(scores, labels) * len(labels)


def _surprise(scores: Tensor, target: Target) -> Tensor:
    """−log p of the class."""
    if target.independent:
        return -torch.nn.functional.logsigmoid(scores[:, target.index]).sum()
    return -scores.log_softmax(1)[:, target.index].sum()
