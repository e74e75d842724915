"""Whether a reader's own image is read as its negative: offered where its ground is not that of the training images.

It is offered and not done: every page shows an image as it came and every step from there, and that a sure answer
turns into another one when light and dark are swapped is what there is to be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import load
from cnnviz.text.numbers import percent
from cnnviz.ui.core import url_state
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.weight_info import find_set

if TYPE_CHECKING:
    from torch import Tensor

_NAME = "negative"


def ask_negative(fitted: Tensor, dataset: str) -> bool:
    """One sentence and a toggle for the image `fitted` (C, H, W) of a network that was trained on the set `dataset`;
    nothing where the grounds agree or cannot be compared, unless the negative is asked for already."""
    from cnnviz.data.ground import compare_grounds, light_border

    t, entry = load("picture", language()), find_set(dataset)
    usual = entry.light_grounds if entry is not None else None
    light = float(light_border(fitted[None]))
    found = compare_grounds(light, usual)
    negative = url_state.seed(_NAME, False, url_state.one_of((False, True), _flag))
    if found != "other" and not negative:
        return url_state.keep(_NAME, False, False, _flag)
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
    return url_state.keep(_NAME, st.toggle(t("negative.label"), key=_NAME, help=t("negative.help")), False, _flag)


def forget_negative() -> None:
    """The image is none of the reader's own: no address says anything of a negative, unless a file is awaited."""
    if not url_state.comes(_NAME):
        url_state.hide(_NAME)
        url_state.forget(_NAME)


def _flag(value: bool) -> str:
    return "1" if value else "0"
