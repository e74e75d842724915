"""The tensors behind a choice of weights, from wherever they lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.inputs.held_files import HeldFiles
from cnnviz.ui.inputs.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnnviz.ui.inputs.network import NetworkChoice
    from cnnviz.zoo.weight_conventions import NamingConvention
    from cnnviz.zoo.weights_file import WeightsFile

HELD_BYTES = 200_000_000
"""Users' files of all sessions together."""


def tensors(network: NetworkChoice, weights: Weights) -> dict[str, Tensor] | None:
    """What `load_state_dict` of the network takes, float32; None for weights that are drawn by their seed.

    Raises:
        UserError: weights that are not there, or are damaged.
    """
    return _SOURCES[weights.kind](network, weights)


def stamped(weights: Weights) -> Weights:
    """The same weights as they stand now: a run that is taken back and goes on has others under the same name.

    Raises:
        UserError: a run that is not there.
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


@server_state
def held_files() -> HeldFiles:
    """Return the files of weights that users brought."""
    return HeldFiles(HELD_BYTES)


def check_file(digest: str, title: str, network: NetworkChoice) -> WeightsFile:
    """Return where the tensors of `network` lie in a user's file; its header alone is read.

    Raises:
        UserError: `weights_gone` where the file is not held any more, or a file of another network.
    """
    from cnnviz.zoo.weights_file import check_weights_file

    return check_weights_file(
        _data(digest, title), _on_meta(network).state_dict(), _others(network), most_bytes=upload_limit()
    )


def upload_limit() -> int:
    """Return how many bytes a file may have that is brought in the browser."""
    megabytes: int = st.get_option("server.maxUploadSize")
    return megabytes * 1_000_000


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
    from cnnviz.zoo.imagenet import load_published, published_weights
    from cnnviz.zoo.torchvision_weights import load_torchvision

    entry = published_weights(network.name, dict(network.options))
    if entry is None:
        raise UserError("weights_absent", name="ImageNet")
    facts = entry.facts()
    model = _on_meta(network)
    load_torchvision(model, load_published(imagenet_path(facts.name), facts))
    return dict(model.state_dict())


def _file(network: NetworkChoice, weights: Weights) -> dict[str, Tensor]:
    from cnnviz.zoo.weights_file import read_weights_file

    data = _data(weights.name, weights.title)
    return read_weights_file(data, _on_meta(network).state_dict(), _others(network), most_bytes=upload_limit())


def _data(digest: str, title: str) -> bytes:
    data = held_files().get(digest)
    if data is None:
        raise UserError("weights_gone", name=title)
    return data


def _others(network: NetworkChoice) -> Callable[[], Sequence[NamingConvention]]:
    from cnnviz.zoo.weight_conventions import conventions

    return partial(conventions, network.name, dict(network.options))


def _on_meta(network: NetworkChoice) -> nn.Module:
    from cnnviz.zoo import build

    return build(network.name, dict(network.options), network.input_shape, network.num_classes, device="meta")


_SOURCES = {"untrained": _untrained, "checkpoint": _checkpoint, "run": _run, "imagenet": _imagenet, "file": _file}
