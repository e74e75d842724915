"""Networks with their weights, shared by every session, within a share of the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.errors import UserError
from cnnviz.ui.core.admission import heavy_computation
from cnnviz.ui.core.byte_cache import MEGABYTE, ByteCache, memory_is_set, memory_left
from cnnviz.ui.core.language import language
from cnnviz.ui.core.memory_budget import shared_cache

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.models import TrainedModel


def cached_network(model: TrainedModel) -> nn.Module:
    """Return the network of a model, in evaluation mode, shared by every session and never changed.

    Raises:
        UserError: `not_enough_memory` where its weights do not fit the memory left; else as `TrainedModel.network`.
    """
    size = model.spec.trace().num_params * 4
    cache = networks()
    if model in cache:
        return cache.get(model, size, model.network)
    with heavy_computation(0, size, language()):
        if model not in cache:
            check_memory(size, cache.held_bytes)
        return cache.get(model, size, model.network)


def check_memory(size: int, freed: int = 0) -> None:
    """Raise unless `size` bytes fit the memory left once `freed` bytes that are cached now have gone.

    Raises:
        UserError: `not_enough_memory`.
    """
    left = memory_left() + (0 if memory_is_set() else freed)  # a setting is the whole budget, not what remains of it
    if size > left:
        raise UserError("not_enough_memory", needed=size // MEGABYTE, left=left // MEGABYTE)


def networks() -> ByteCache[nn.Module]:
    """Return the cache of networks."""
    return shared_cache("networks")
