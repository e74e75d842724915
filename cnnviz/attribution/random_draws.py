"""Random numbers that belong to one call: other threads neither change them nor see them drawn."""

from hashlib import blake2b

import torch


def generator_of(seed: int, use: str) -> torch.Generator:
    """A generator for one `use` of a seed, apart from torch's global one."""
    digest = blake2b(f"{use}/{seed}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))
