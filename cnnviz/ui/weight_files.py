"""The tensors behind a choice of weights, from wherever they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.ui.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.ui.network import NetworkChoice


def tensors(network: NetworkChoice, weights: Weights) -> dict[str, Tensor] | None:
    """What `load_state_dict` of the network takes, float32; None for weights that are drawn by their seed.

    Raises:
        Refusal: weights that are not there, or are damaged.
    """
    return _SOURCES[weights.kind](network, weights)


def _untrained(network: NetworkChoice, weights: Weights) -> None:
    return None


def _checkpoint(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.checkpoints import checkpoint, load_weights

    return load_weights(checkpoint(weights.name))


def _run(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.runs.checkpoint import read_weights
    from cnnviz.runs.store import RunStore

    return read_weights(RunStore().find(weights.name).folder, weights.step)


_SOURCES = {"untrained": _untrained, "checkpoint": _checkpoint, "run": _run}
