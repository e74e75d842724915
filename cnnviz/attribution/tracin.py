"""TracIn: the influence of each training image on the answer to one image.

Pruthi et al. 2020, arXiv:2002.08484, by Captum's `TracInCPFast`: gradients of the last layer alone, whose products are
products of two small vectors, so that no gradient is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from captum.influence import TracInCPFast
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from cnnviz.accelerate.model_pool import leased_clone
from cnnviz.attribution.score import Progress, ScoreFunction, Stop
from cnnviz.attribution.target import Target
from cnnviz.errors import UserError

Batches = Callable[[int], Iterator[tuple[Tensor, Tensor]]]
"""Batch size -> the training images (n, C, H, W) as the network reads them, and their labels."""
Loss = Callable[[Tensor, Tensor], Tensor]
"""Scores (n, K) and labels -> what the training minimised, a mean over images."""


@dataclass(frozen=True, slots=True, eq=False)
class TracInCheckpoint:
    """The network as it was at one step of its training."""

    network: nn.Module
    rate: float
    """The learning rate at that step."""


def tracin_scores(
    moments: Iterable[TracInCheckpoint],
    image: Tensor,
    target: Target,
    batches: Batches,
    loss: Loss,
    *,
    count: int,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Tensor:
    """Return the TracIn influence of each training image on log p of the target's class for `image`, float32 (N,).

    Σ over the checkpoints of rate · ∇(−log p) · ∇loss, both gradients with respect to the last dense layer: by how
    much, to first order, a step of gradient descent on that image alone would have raised the class. `count` is the
    number of training images times checkpoints, for `progress`.

    Raises:
        UserError: `attribution_no_dense` where no dense layer gives the scores, and what `ScoreFunction` refuses.
        Stopped: `stop()` was true.
    """
    total: Tensor | None = None
    done = 0
    for moment in moments:
        with leased_clone(moment.network) as (network, *_):
            question = ScoreFunction(network, Target(target.index), stop=stop)
            question.measure(image)
            layer = _with_bias_as_weight(network, last_dense_layer(network, image))

            def training(question: ScoreFunction = question) -> Iterator[tuple[Tensor, Tensor]]:
                nonlocal done
                for images, labels in batches(question.batch_size):
                    question.check_stop()
                    yield images, labels
                    done += len(images)
                    if progress is not None:
                        progress(done, max(done, count))

            captum = TracInCPFast(
                network,
                layer,
                DataLoader(_Stream(training), batch_size=None, generator=torch.Generator()),
                checkpoints=[moment],
                checkpoints_load_func=lambda network, moment: moment.rate,
                loss_fn=_Summed(lambda scores, labels: loss(scores, labels) * len(labels)),
                test_loss_fn=_Summed(lambda scores, labels: _negative_log_probability(scores, target)),
            )
            scores = captum.influence((image, torch.tensor([target.index])))[0].detach()
        total = scores if total is None else total + scores
    assert total is not None
    return total.float().cpu()


class _Stream(IterableDataset[tuple[Tensor, Tensor]]):
    """The training images in batches as large as the memory allows."""

    def __init__(self, batches: Callable[[], Iterator[tuple[Tensor, Tensor]]]) -> None:
        self._batches = batches

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return self._batches()


class _Summed(nn.Module):
    """A loss that Captum recognises as a sum over images, so that each image has its own gradient."""

    reduction = "sum"

    def __init__(self, loss: Loss) -> None:
        super().__init__()
        self._loss = loss

    def forward(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Map scores (N, K) and labels to ()."""
        return self._loss(scores, labels)


class _BiasAsWeight(nn.Module):
    """A dense layer with its bias as the weights of one more input that is always 1."""

    def __init__(self, dense: nn.Linear) -> None:
        super().__init__()
        self.dense = nn.Linear(dense.in_features + 1, dense.out_features, bias=False, device="meta")
        self.dense.weight = nn.Parameter(torch.cat((dense.weight.detach(), dense.bias.detach()[:, None]), 1))

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, F) to (N, K)."""
        scores: Tensor = self.dense(torch.cat((images, images.new_ones(len(images), 1)), 1))
        return scores


def _with_bias_as_weight(network: nn.Module, dense: nn.Linear) -> nn.Linear:
    """Replace the dense layer by one whose weights include its bias, in a cloned network, and return it.

    Captum uses the layer's inputs and leaves out its bias, which is trained like a weight.
    """
    if dense.bias is None:
        return dense
    joined = _BiasAsWeight(dense)
    for parent in list(network.modules()):
        for name, child in list(parent._modules.items()):
            if child is dense:
                parent._modules[name] = joined
    return joined.dense


def last_dense_layer(network: nn.Module, image: Tensor) -> nn.Linear:
    """Return the dense layer whose output is the network's.

    Raises:
        UserError: `attribution_no_dense`.
    """
    outputs: list[tuple[nn.Linear, Tensor]] = []
    dense = [module for module in network.modules() if type(module) is nn.Linear]
    handles = [
        module.register_forward_hook(lambda module, inputs, output: outputs.append((module, output)))
        for module in dense
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
    raise UserError("attribution_no_dense")


def _negative_log_probability(scores: Tensor, target: Target) -> Tensor:
    if target.independent:
        return -torch.nn.functional.logsigmoid(scores[:, target.index]).sum()
    return -scores.log_softmax(1)[:, target.index].sum()
