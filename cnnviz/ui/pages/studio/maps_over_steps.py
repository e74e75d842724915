"""Feature maps and filters of one image after each saved step."""

from __future__ import annotations

import streamlit as st
from torch import Tensor

from cnnviz.data import dataset
from cnnviz.models.sources.run import planned_spec
from cnnviz.models.spec import ModelSpec
from cnnviz.runs.checkpoint import modified_at, read_weights, saved_steps
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain.unit_explanation import layer_call
from cnnviz.trace.record import LayerRecord
from cnnviz.train.snapshot import load_weights
from cnnviz.ui.components.canvas import FiltersPanel, ImagePanel, MapsPanel, canvas
from cnnviz.ui.components.canvas.panels import Panel
from cnnviz.ui.core import url
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.inputs.walk_cache import compute_output
from cnnviz.ui.pages.studio import run_images
from cnnviz.ui.pages.studio.links import LAYER, TEST_IMAGE

MOST_VALUES = 400_000
"""Values of maps, and weights of filters, that travel at once."""
WALK_BYTES = 16 * 2**20
LIVE_MACS = 200_000_000
"""Multiply-adds of a network whose maps follow while it trains; a heavier one is looked at when it rests."""


def draw(record: RunRecord, step: int, alive: bool, t: Text) -> None:
    """Draw the image, the maps of a layer and its filters, as they were after `step`."""
    network = choice_of(record)
    trace = network.trace()
    if alive and trace.macs > LIVE_MACS:
        st.caption(t("evolve.later"))
        return
    rows = {row.name: row for row in trace.layers}
    layer, number = _select_layer_and_image(record, rows, t)
    walk = _walk(record, network, step, number)
    with st.container():
        if not compute_output(walk, layer, HeavyWork((record.id, step, number, layer), "evolving", t.language)):
            return
    image, output = walk.output("input")[0], walk.output(layer)[0]
    classes = image_classes(record, number, t)
    st.caption(t("evolve.lead", layer=layer, step=step, number=number, classes=escape_markdown(classes)))
    last = layer == trace.layers[-1].name
    low, high = float(image.min()), float(image.max())
    in_range = low >= 0 and high <= 1
    panels: list[Panel] = [
        ImagePanel(
            "input",
            image if image.shape[0] in (1, 3) else image[:1],
            title=t("evolve.image"),
            value_range=None if in_range else (low, high),
        ),
        MapsPanel(
            layer,
            _some(output),
            title=t("evolve.maps", layer=layer),
            field=rows[layer].receptive_field,
            labels=_class_names(record, t) if last else (),
        ),
    ]
    weight = _weight(walk, layer)
    if weight is not None:
        panels.append(FiltersPanel(f"{layer}.weight", _some(weight), title=t("evolve.filters", layer=layer)))
    canvas(panels, key="evolving", t=t)
    if weight is None:
        st.caption(t("evolve.no_filters", layer=layer))


def choice_of(record: RunRecord) -> ModelSpec:
    """Return the network of a run."""
    return planned_spec(record.plan)


def image_classes(record: RunRecord, number: int, t: Text) -> str:
    """Return the classes of test image `number`, in words."""
    names = _class_names(record, t)
    shown = run_images.image_set(record.plan, "test").classes_of(number)
    return t.listed(names[index] for index in shown)


def _class_names(record: RunRecord, t: Text) -> list[str]:
    return dataset(record.plan.dataset).class_names(t.language)


def _select_layer_and_image(record: RunRecord, rows: dict[str, LayerRecord], t: Text) -> tuple[str, int]:
    names = tuple(rows)
    first = next((name for name, row in rows.items() if row.kind == "Conv2d"), names[0])
    most = len(run_images.image_set(record.plan, "test")) - 1
    left, right = st.columns([2, 1])
    with left:
        layer = url.select(LAYER.among(names, first), t("evolve.layer"), held=True)
    with right:
        number = url.number(TEST_IMAGE, t("evolve.number"), most=most, held=True, help=t("evolve.number_help"))
    return layer, number


def _walk(record: RunRecord, network: ModelSpec, step: int, number: int) -> LazyActivations:
    """Return test image `number` on its way through the network with the weights after `step`.

    Raises:
        UserError: these weights are not there any more, or cannot be read.
    """
    trace = network.trace()
    kept = step if step in saved_steps(record.folder) else None  # the last step of a run at rest: its checkpoint

    def make() -> LazyActivations:
        model = record.plan.network()
        load_weights(model, read_weights(record.folder, kept))
        return LazyActivations(model, trace, run_images.read_by_network(record.plan, number), budget=WALK_BYTES)

    key = (record.id, step, modified_at(record.folder, kept), number)
    return _walks().get(key, 4 * trace.num_params + WALK_BYTES, make)


def _weight(walk: LazyActivations, layer: str) -> Tensor | None:
    weight = getattr(layer_call(walk, layer).module, "weight", None)
    return weight.detach() if isinstance(weight, Tensor) and weight.ndim in (2, 4) else None


def _some(tensor: Tensor) -> Tensor:
    """Return the first channels or filters, as many as travel at once."""
    each = max(1, tensor[0].numel())
    return tensor[: max(1, MOST_VALUES // each)]


def _walks() -> ByteCache[LazyActivations]:
    return shared_cache("run_activations")
