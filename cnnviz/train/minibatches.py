"""The minibatches of an epoch, and the treatment of a last one with a single image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.train.seeding import epoch_order

if TYPE_CHECKING:
    from cnnviz.train.batch_preparation import LabelledImages


class Minibatches:
    """The minibatches of a training set, which lies whole where it is read: no loader, no copies."""

    def __init__(self, training_set: LabelledImages, device: str, batch_size: int, seed: int) -> None:
        self.images, self.labels = training_set.images.to(device), training_set.labels.to(device)
        self.joins_last = False
        """A single image at the end of an epoch is trained on with the minibatch before it."""
        self._batch_size, self._seed = batch_size, seed
        self._order: tuple[int, list[Tensor]] | None = None

    @property
    def per_epoch(self) -> int:
        """The minibatches of an epoch, the smaller last one included, unless it joins the one before it."""
        return math.ceil(len(self.images) / self._batch_size) - self.joins_last

    def at(self, epoch: int, batch: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the places in the set, the images and the labels of one minibatch."""
        if self._order is None or self._order[0] != epoch:
            order = epoch_order(self._seed, epoch, len(self.images))
            self._order = epoch, minibatches(order.to(self.images.device), self._batch_size, self.joins_last)
        chosen = self._order[1][batch]
        return chosen, self.images.index_select(0, chosen), self.labels.index_select(0, chosen)


def minibatches(order: Tensor, batch_size: int, joins_last: bool) -> list[Tensor]:
    """Return `order` in parts of `batch_size`; with `joins_last` a single image at the end joins the part before."""
    parts = list(order.split(batch_size))
    if joins_last:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts


def trains_on_one_image(model: nn.Module, image: Tensor) -> bool:
    """Return whether `model` can train on a minibatch of one image, (1, C, H, W); it is in evaluation mode afterwards.

    Batch normalization cannot where it has one value per channel, of a 1x1 map or after a dense layer.
    """
    kept = {name: buffer.clone() for name, buffer in model.named_buffers()}
    model.train()
    try:
        with torch.no_grad():
            model(image)
    except ValueError:  # torch's word for it
        return False
    finally:
        model.eval()
        for name, buffer in model.named_buffers():
            buffer.copy_(kept[name])
    return True


def joins_last(model: nn.Module, image: Tensor, count: int, batch_size: int) -> bool:
    """Return whether the last of `count` images, alone in its minibatch, must join the minibatch before it.

    It follows from the network, the images and the batch size alone, so that a resumed run cuts its epochs alike; where
    one image alone can be trained on, it stays alone, as in PyTorch's own loader.

    Raises:
        UserError: `train_one_image` where every minibatch is one image.
    """
    if batch_size > 1 and count % batch_size != 1:
        return False
    if trains_on_one_image(model, image):
        return False
    if batch_size == 1:
        raise UserError("train_one_image")
    return True
