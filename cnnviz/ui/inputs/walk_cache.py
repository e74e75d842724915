"""One image on its way through one network, computed when asked for and shared by every session."""

from __future__ import annotations

from cnnviz.models import TrainedModel
from cnnviz.trace.activations import DEFAULT_BUDGET, LazyActivations
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.inputs.image_choice import ImageChoice, prepare_image
from cnnviz.ui.inputs.model_cache import cached_network


def load_activations(model: TrainedModel, image: ImageChoice) -> LazyActivations:
    """Return the walk of an image through a network.

    Raises:
        UserError: the network's weights do not fit the memory left.
    """
    trace = model.spec.trace()
    return walks().get(
        (model, image),
        4 * trace.num_params + DEFAULT_BUDGET,
        lambda: LazyActivations(cached_network(model), trace, prepare_image(image, model).tensor),
    )


def walks() -> ByteCache[LazyActivations]:
    """Return the cache of walks."""
    return shared_cache("activations")
