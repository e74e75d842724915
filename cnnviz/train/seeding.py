"""Every random draw of a training as a function of the seed and the place in it.

No generator is carried along: the order of epoch 3 or the dropout of step 17 is the same whether the training
came there without a break, from a saved state, or a second time.
"""

import hashlib

import torch
from torch import Tensor


def draw_seed(seed: int, purpose: str, place: int) -> int:
    """63 bits for one purpose ("order", "augment", "dropout", "init") at one place of the training `seed`."""
    digest = hashlib.blake2b(f"{seed}/{purpose}/{place}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def epoch_order(seed: int, epoch: int, num_images: int) -> Tensor:
    """The order in which epoch `epoch` (from 0) sees the images: a permutation, int64 (num_images,)."""
    generator = torch.Generator().manual_seed(draw_seed(seed, "order", epoch))
    return torch.randperm(num_images, generator=generator)
