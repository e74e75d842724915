"""One minibatch in detail: its images, its loss before and after, and what it did to every layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.data import dataset
from cnnviz.figures.histograms import layer_histograms, layer_histograms_summary
from cnnviz.runs.history import DetailReader
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.studio import one_weight, run_images, step_slider
from cnnviz.ui.pages.studio.links import HISTOGRAM

SHOWN = 32
"""Images of a minibatch that are drawn."""
SMALLEST = 64
"""Pixels on a side that an image is drawn with at least."""


def draw(record: RunRecord, looks: DetailReader, step: int | None, t: Text) -> None:
    """Draw the minibatch that was looked at last, up to `step` where it is given."""
    if not looks.steps:
        st.caption(t("look.none"))
        return
    at = looks.steps[-1] if step is None else step_slider.step_at_or_before(looks.steps, step)
    look = looks[at]
    st.markdown(
        t("look.sentence", step=at, before=look["loss"], after=look["loss_after"], rate=f"{look['learning_rate']:g}")
    )
    _images(record, at, look["indices"], t)
    one_weight.draw(record, look, _layers(look["layers"], t), t)


def _images(record: RunRecord, step: int, indices: Sequence[int], t: Text) -> None:
    entry, training = dataset(record.plan.dataset), run_images.image_set(record.plan, "train")
    drawn = [_drawn(pixels) for pixels in run_images.minibatch(record.plan, step, indices, SHOWN)]
    names = [
        escape_markdown(t.listed(entry.class_name(index, t.language) for index in training.classes_of(number)))
        for number in indices[:SHOWN]
    ]
    st.caption(t("look.images", shown=len(drawn), count=len(indices)))
    st.image(drawn, caption=names, width=SMALLEST)


def _drawn(pixels: Any) -> Any:
    """Return (C, H, W) in [0, 1] as bytes (h, w) or (h, w, 3), each pixel enlarged to a square."""
    array = (pixels.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().numpy()
    array = array if array.shape[2] == 3 else array[:, :, 0]
    times = max(1, -(-SMALLEST // max(array.shape[:2])))
    return array.repeat(times, axis=0).repeat(times, axis=1)


def _layers(layers: Sequence[Mapping[str, Any]], t: Text) -> str:
    """Draw the layers of the step and the values of one of them, whose name is returned."""
    learned = [layer for layer in layers if layer["gradient_norm"] is not None or layer["dead_share"] is not None]
    st.dataframe(
        [
            {
                t("look.layer"): layer["name"],
                t("look.kind"): layer["kind"],
                t("look.gradient"): _number(layer["gradient_norm"]),
                t("look.weight"): _number(layer["weight_norm"]),
                t("look.ratio"): _number(layer["update_ratio"]),
                t("look.dead"): None if layer["dead_share"] is None else percent(layer["dead_share"]),
            }
            for layer in learned
        ],
        hide_index=True,
        placeholder="–",
    )
    st.caption(t("look.words"))
    names = tuple(layer["name"] for layer in layers)
    weighted = next((layer["name"] for layer in layers if layer["weights"] is not None), names[0])
    name = url.select(HISTOGRAM.among(names, weighted), t("look.values"), held=True)
    layer = next(layer for layer in layers if layer["name"] == name)
    draw_chart(
        layer_histograms(layer, t), key="histograms", alt=layer_histograms_summary(layer, t), t=t, caption=layer["name"]
    )
    if layer["batch_norm"] is not None:
        _batch_norm(layer["batch_norm"], t)
    return name


def _batch_norm(report: Mapping[str, Sequence[float]], t: Text) -> None:
    st.caption(t("look.batch_norm"))
    columns = {name: values for name, values in report.items() if values}
    st.dataframe(
        [
            {t("look.channel"): channel} | {t(f"look.{name}"): values[channel] for name, values in columns.items()}
            for channel in range(len(report["batch_mean"]))
        ],
        hide_index=True,
        height=220,
    )


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3g}"
