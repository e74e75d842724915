"""Links from a layer to other pages with the same network."""

from __future__ import annotations

from cnnviz.models.model import TrainedModel
from cnnviz.models.spec import ModelSpec
from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.inputs.model_picker import weights_for


def draw_page_links(network: ModelSpec, layer: str, t: Text) -> None:
    """Draw a link to the layer's maps, with trained weights where the project has them for this network."""
    same = TrainedModel(network, weights_for(network)).to_url()
    shell.page_link("walkthrough", t("chosen.walk"), **same, layer=layer)
