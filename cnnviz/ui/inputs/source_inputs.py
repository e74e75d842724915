"""Widgets by which a source of weights asks the user for more than a choice in the menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from streamlit.delta_generator import DeltaGenerator

from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import parse_weights
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.ui.core.shell import guarded
from cnnviz.ui.inputs import imagenet_download, uploaded_weights
from cnnviz.ui.inputs.option_widgets import select_seed

Ask = Callable[[str, ModelSpec, DeltaGenerator], TrainedModel]
"""Draws the widgets of a source for its menu entry and a network; the container stands below the options."""


def _load(entry: str, spec: ModelSpec, below: DeltaGenerator) -> TrainedModel:
    return TrainedModel.of(parse_weights(entry), spec)


@dataclass(frozen=True, slots=True)
class SourceInput:
    """The widgets of one source; by default it has none."""

    ask: Ask = _load
    """Returns the model, untrained until the user has given what the source needs."""
    menu_entry: Callable[[str], str] = str
    """Takes up the weights that a link names; returns their entry in the menu."""
    linked: Callable[[str], str] = str
    """Returns the text that a link holds for an entry of the menu."""


def _select_seed(entry: str, spec: ModelSpec, below: DeltaGenerator) -> TrainedModel:
    with below:
        return TrainedModel.of(WeightsRef(entry, seed=select_seed()), spec)


def _offer_download(entry: str, spec: ModelSpec, below: DeltaGenerator) -> TrainedModel:
    return _load(entry, spec, below) if imagenet_download.offer_weights(spec) else TrainedModel(spec)


def _upload(entry: str, spec: ModelSpec, below: DeltaGenerator) -> TrainedModel:
    with guarded():
        return uploaded_weights.draw_uploader(spec)
    return TrainedModel(spec)


SOURCE_INPUTS = MappingProxyType(
    {
        "untrained": SourceInput(_select_seed),
        "imagenet": SourceInput(_offer_download),
        "file": SourceInput(_upload, uploaded_weights.find_linked, lambda entry: uploaded_weights.linked()),
    }
)
"""By the name of the source."""


def source_input(entry: str) -> SourceInput:
    """Return the widgets of the source of an entry of the menu."""
    return SOURCE_INPUTS.get(parse_weights(entry).source, SourceInput())
