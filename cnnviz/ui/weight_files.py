"""The tensors behind a choice of weights, from wherever they lie."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.errors import Refusal
from cnnviz.ui.memory import ByteCache
from cnnviz.ui.server_state import server_state
from cnnviz.ui.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnnviz.ui.network import NetworkChoice

HELD_BYTES = 200_000_000
"""Readers' files of all sessions together; the one that was used longest ago goes first."""
HELD_FILES = 16


def tensors(network: NetworkChoice, weights: Weights) -> dict[str, Tensor] | None:
    """What `load_state_dict` of the network takes, float32; None for weights that are drawn by their seed.

    Raises:
        Refusal: weights that are not there, or are damaged.
    """
    return _SOURCES[weights.kind](network, weights)


def stamped(weights: Weights) -> Weights:
    """The same weights as they stand now: a run that is taken back and goes on has others under the same name.

    Raises:
        Refusal: a run that is not there.
    """
    if weights.kind != "run":
        return weights
    from cnnviz.runs.checkpoint import written_at
    from cnnviz.runs.store import RunStore

    return replace(weights, changed=written_at(RunStore().find(weights.name).folder, weights.step))


def imagenet_path(name: str) -> Path:
    """Where the published file called `name` lies once it was fetched: torchvision's own cache."""
    from torch.hub import get_dir

    return Path(get_dir()) / "checkpoints" / name


def hold_file(data: bytes) -> str:
    """Keep a reader's file as long as there is room; the name its weights go by, which only its reader knows."""
    digest = sha256(data).hexdigest()
    _held().get(digest, len(data), lambda: data)
    return digest


def held_file(digest: str) -> bytes:
    """The bytes of the reader's file.

    Raises:
        Refusal: `weights_gone` where there is none of that name any more.
    """

    def gone() -> bytes:
        raise Refusal("weights_gone")

    return _held().get(digest, 0, gone)


@server_state
def _held() -> ByteCache[bytes]:
    return ByteCache(HELD_BYTES, HELD_FILES)


def _untrained(network: NetworkChoice, weights: Weights) -> None:
    return None


def _checkpoint(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.checkpoints import checkpoint, load_weights

    return load_weights(checkpoint(weights.name))


def _run(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.runs.checkpoint import read_weights
    from cnnviz.runs.store import RunStore

    return read_weights(RunStore().find(weights.name).folder, weights.step)


def _imagenet(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.zoo.imagenet import published, read_published
    from cnnviz.zoo.torchvision_weights import load_torchvision

    entry = published(network.name, dict(network.options))
    if entry is None:
        raise Refusal("weights_absent", name="ImageNet")
    facts = entry.facts()
    model = _on_meta(network)
    load_torchvision(model, read_published(imagenet_path(facts.name), facts))
    return dict(model.state_dict())


def _file(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.zoo.weights_file import read_weights_file

    return read_weights_file(held_file(weights.name), _on_meta(network).state_dict())


def _on_meta(network: NetworkChoice) -> nn.Module:
    from cnnviz.zoo import build

    return build(network.name, dict(network.options), network.input_shape, network.num_classes, device="meta")


_SOURCES = {"untrained": _untrained, "checkpoint": _checkpoint, "run": _run, "imagenet": _imagenet, "file": _file}
