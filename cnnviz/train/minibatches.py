"""The minibatches of an epoch, and the treatment of a last one with a single image."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError


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
