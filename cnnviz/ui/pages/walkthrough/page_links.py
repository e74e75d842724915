"""Links from a layer to other pages with the same network, weights and image."""

from __future__ import annotations

from cnnviz.attribution.layers import MIN_CELLS
from cnnviz.models.model import TrainedModel
from cnnviz.text import Text
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.core import shell
from cnnviz.ui.inputs.image_choice import ImageChoice


def saliency_query(model: TrainedModel, image: ImageChoice, record: LayerRecord) -> dict[str, str]:
    """Return the state of a link that asks why: at this layer where its cells make a map."""
    query = model.to_url() | image.to_url()
    module = record.kind[:1].isupper() and "#" not in record.name  # an operation, or a second call, has no map
    if module and len(record.shape) == 3 and min(record.shape[1:]) >= MIN_CELLS:
        query |= {"method": "grad-cam,occlusion", "layer": record.name}
    return query


def draw_page_links(model: TrainedModel, image: ImageChoice, record: LayerRecord, t: Text) -> None:
    """Draw a link to the saliency lab, and one to questions about this layer."""
    query = saliency_query(model, image, record)
    shell.page_link("saliency", t("ties.layer", layer=record.name) if "layer" in query else t("ties.saliency"), **query)
    named = any(row.name == record.name for row in model.spec.trace().layers)
    if named:
        query = model.to_url() | image.to_url() | {"practice": "mixed", "layer": record.name}
        shell.page_link("lessons", t("ties.practice"), **query)
