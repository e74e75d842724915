"""Crops of a set's images that activate a channel most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil, prod

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.data import DATASETS
from cnnviz.models.model import TrainedModel
from cnnviz.models.spec import ModelSpec
from cnnviz.text import Text
from cnnviz.trace.explain import top_crops
from cnnviz.trace.explain.crops import Crop
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.core import url
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.inputs.image_choice import ImageChoice, image_set_of
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.pages.walkthrough.links import GALLERY

MOST_IMAGES = 360
FEWEST_IMAGES = 12
BUDGET = 20e9
"""Multiply-adds that one gallery may cost, unless even the fewest images cost more."""
AT_ONCE = 2e9
"""Multiply-adds that are spent without being asked for."""
BATCH = 30
"""Images that go through the network at once."""
SHOWN = 8
SMALLEST = 112
"""Pixels on a side that a crop is drawn with at least."""


@dataclass(frozen=True, slots=True)
class GalleryChoice:
    """One channel of one layer, and the set that it looks at."""

    model: TrainedModel
    layer: str
    channel: int
    data: str


def draw_gallery(
    model: TrainedModel,
    image: ImageChoice,
    record: LayerRecord,
    channel: int | None,
    t: Text,
) -> None:
    """Draw the strongest crops for a channel: at once where that is quick, else when asked for."""
    if channel is None:
        st.caption(t("value.none"))
        return
    data = _select_dataset(model.spec, image, t)
    choice = GalleryChoice(model, record.name, channel, data)
    count, cost = _affordable(choice)
    found = _found()
    quick = cost * count <= AT_ONCE
    if choice not in found and not quick and not st.button(t("gallery.find", count=count), icon=":material/search:"):
        st.caption(t("gallery.slow", count=count, cost=cost * count / 1e9))
        return
    size = SHOWN * 4 * prod(model.spec.input_shape)
    with st.container(), HeavyWork(choice, "gallery", t.language) as work:
        if choice in found:
            crops = found.get(choice, size, lambda: _find(choice, count, work, t))
        else:
            with work.admitted(cost * count, _peak_bytes(choice)):
                crops = found.get(choice, size, lambda: _find(choice, count, work, t))
    _show(choice, crops, count, t)


def _select_dataset(spec: ModelSpec, image: ImageChoice, t: Text) -> str:
    names = tuple(name for name, entry in DATASETS.items() if entry.present(None))
    own = image_set_of(image)
    default = own if own in names else "digits" if spec.input_shape[0] == 1 else "shapes"
    return url.select(
        GALLERY.among(names, default),
        t("gallery.set"),
        lambda name: DATASETS[name].describe("title", t.language) or name,
        style="segments",
        held=True,
    )


def _affordable(choice: GalleryChoice) -> tuple[int, int]:
    """Return how many images a gallery looks at, and the multiply-adds of each up to the layer."""
    cost = 0
    for row in choice.model.spec.trace().layers:
        cost += row.macs
        if row.name == choice.layer:
            break
    return int(max(FEWEST_IMAGES, min(MOST_IMAGES, BUDGET // max(cost, 1)))), cost


def _peak_bytes(choice: GalleryChoice) -> int:
    """Return about what a batch of a gallery's images takes: every layer's output, for the images of one step."""
    return BATCH * sum(layer.activation_bytes for layer in choice.model.spec.trace().layers)


def _find(choice: GalleryChoice, count: int, work: HeavyWork, t: Text) -> list[tuple[Crop, int]]:
    """Return the strongest crops, each with its image's number in the set."""
    images = cached_test_images(choice.data, count).images
    model, network = choice.model, cached_network(choice.model)
    step = min(BATCH, max(4, ceil(len(images) / 12)))
    best: list[tuple[Crop, int]] = []
    for start in range(0, len(images), step):
        batch = torch.cat([model.prepare(image) for image in images[start : start + step]])
        crops = top_crops(network, model.spec.trace(), choice.layer, choice.channel, batch, SHOWN)
        best = sorted([*best, *((crop, start + crop.image) for crop in crops)], key=lambda pair: -pair[0].value)[:SHOWN]
        work.show(min(1.0, (start + step) / len(images)), t("gallery.progress", count=len(images)))
    return best


def _show(choice: GalleryChoice, crops: list[tuple[Crop, int]], count: int, t: Text) -> None:
    images, entry = cached_test_images(choice.data, count), DATASETS[choice.data]
    st.caption(t("gallery.lead", channel=choice.channel, name=choice.layer, count=len(images)))
    for row in range(0, len(crops), 4):
        for cell, (crop, number) in zip(st.columns(4), crops[row : row + 4], strict=False):
            names = t.listed(entry.class_name(index, t.language) for index in images.classes_of(number))
            pixels = choice.model.unstandardise(crop.pixels)
            said = partial(t, "gallery.crop", number=number, value=f"{crop.value:.4g}")
            cell.image(_drawn(pixels), caption=said(name=escape_markdown(names)), alt=said(name=names))


def _drawn(pixels: Tensor) -> NDArray[np.uint8]:
    """Return a crop (C, h, w) of pixels in [0, 1] as an array (h, w, 3) of bytes, each pixel enlarged to a square."""
    values = pixels if pixels.shape[0] == 3 else pixels[:1].expand(3, -1, -1)
    array = (values.detach().clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    times = max(1, ceil(SMALLEST / max(array.shape[:2])))
    return array.repeat(times, axis=0).repeat(times, axis=1)


def _found() -> ByteCache[list[tuple[Crop, int]]]:
    return shared_cache("top_activations")
