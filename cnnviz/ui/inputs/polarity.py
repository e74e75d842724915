"""A switch for the negative of a user's own image, offered where its ground is not that of the training images.

It is offered and not done: every page shows an image as it came and every step from there, and that a sure answer
turns into another one when light and dark are swapped is what there is to be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import load
from cnnviz.text.numbers import percent
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.links import NEGATIVE

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.data import Dataset


def toggle_negative(fitted: Tensor, dataset: Dataset | None) -> bool:
    """Draw a sentence and a toggle for an image `fitted` (C, H, W) to a network of `dataset`; return its value.

    Nothing is drawn where the grounds agree or cannot be compared, unless the negative is asked for already.
    """
    from cnnviz.data.polarity import compare_polarity, light_border_share

    t = load("picture", language())
    usual = dataset.light_grounds if dataset is not None else None
    light = float(light_border_share(fitted[None]))
    found = compare_polarity(light, usual)
    negative = url.value(NEGATIVE)
    if found != "other" and not negative:
        return url.keep(NEGATIVE, False)
    if negative:
        st.caption(t("negative.needless" if found == "same" else "negative.on"))
    else:
        st.warning(
            t(
                "negative.dark_on_light" if light > 0.5 else "negative.light_on_dark",
                share=percent(max(light, 1 - light)),
            ),
            icon=":material/contrast:",
        )
    return url.toggle(NEGATIVE, t("negative.label"), help=t("negative.help"))


def drop_negative() -> None:
    """Drop the switch from the URL, unless a file is awaited: the image is none of the user's own."""
    if not url_state.comes(NEGATIVE.name):
        url_state.hide(NEGATIVE.name)
        url_state.forget(NEGATIVE.name)
