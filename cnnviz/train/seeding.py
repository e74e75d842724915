"""Seeding: every random draw of a training as a function of the seed, its purpose and its place.

There is no generator state to save: the order of epoch 3 or the dropout of step 17 is the same in an unbroken
training, a resumed one and a repeated one.
"""

import hashlib

import torch
from torch import Tensor


def draw_seed(seed: int, purpose: str, place: int) -> int:
    """Return 63 bits for one purpose ("order", "augment", "dropout", "init") at one place of the training `seed`."""
    digest = hashlib.blake2b(f"{seed}/{purpose}/{place}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def epoch_order(seed: int, epoch: int, num_images: int) -> Tensor:
    """Return the order of the images in epoch `epoch` (from 0): a permutation, int64 (num_images,)."""
    generator = torch.Generator().manual_seed(draw_seed(seed, "order", epoch))
    return torch.randperm(num_images, generator=generator)
