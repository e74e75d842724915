"""One image on its way through one network, computed when asked for and shared by every session."""

from __future__ import annotations

from cnnviz.models import TrainedModel
from cnnviz.trace.activations import DEFAULT_BUDGET, LazyActivations
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.inputs.image_choice import ImageChoice, prepare_image
from cnnviz.ui.inputs.model_cache import cached_network


def load_activations(model: TrainedModel, image: ImageChoice) -> LazyActivations:
    """Return the walk of an image through a network.

    Raises:
        UserError: the network's weights do not fit the memory left.
    """
    trace = model.spec.trace()
    network = cached_network(model)  # before the walk's own lock: a large one waits in line
    return walks().get(
        (model, image),
        min(DEFAULT_BUDGET, sum(layer.activation_bytes for layer in trace.layers)),
        lambda: LazyActivations(network, trace, prepare_image(image, model).tensor),
        part=model,
        part_size=4 * trace.num_params,
    )


def compute_output(walk: LazyActivations, layer: str, work: HeavyWork) -> bool:
    """Let a walk compute a layer's output, in a place at the gate where much is missing.

    Return False, with an offer to begin again, where the user stopped it.
    """
    macs = walk.missing_macs(layer)
    if work.stopped:
        return False
    with work, work.admitted(macs, walk.budget):
        walk.output(layer)
    return True


def walks() -> ByteCache[LazyActivations]:
    """Return the cache of walks."""
    return shared_cache("activations")
