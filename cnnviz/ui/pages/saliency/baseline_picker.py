"""The picker of the baseline: images that stand for "nothing there", each shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.attribution import BASELINES
from cnnviz.text import Text, load
from cnnviz.ui.core import url
from cnnviz.ui.pages.saliency.links import BASELINE, BASELINE_NUMBER
from cnnviz.ui.pages.saliency.map_request import OTHER, BaselineChoice
from cnnviz.ui.pages.saliency.subject import SaliencyInput, displayable

FRAME = 128
_SIDE = 96
"""Pixels that a thumbnail is drawn with at least."""


def names() -> tuple[str, ...]:
    """Return every baseline there is."""
    return (*BASELINES, OTHER)


def title(name: str, t: Text) -> str:
    """Return the title of a baseline."""
    return t("baseline.other") if name == OTHER else load("attribution", t.language)(f"baseline.{name}")


def select_baseline(t: Text) -> BaselineChoice:
    """Draw the choice of one baseline."""
    chosen = url.select(
        BASELINE, t("baseline.label"), lambda name: title(name, t), style="segments", help=t("baseline.help")
    )
    return BaselineChoice(chosen, select_image_number(t) if chosen == OTHER else 0)


def select_image_number(t: Text) -> int:
    """Draw the choice of the other image; return its number."""
    return url.number(BASELINE_NUMBER, t("baseline.number"))


def draw_thumbnails(subject: SaliencyInput, draw: int, chosen: Sequence[BaselineChoice], t: Text) -> None:
    """Draw a thumbnail of every baseline; the other image is that of `chosen` where it is among them."""
    number = next((one.number for one in chosen if one.name == OTHER), BASELINE_NUMBER.default)
    with st.container(horizontal=True, gap="small"):
        for name in names():
            pixels = displayable(BaselineChoice(name, number).image(subject, draw))
            array = (255 * pixels).round().byte().permute(1, 2, 0).numpy()
            times = max(1, round(_SIDE / array.shape[0]))
            array = array.repeat(times, 0).repeat(times, 1)
            array[[0, -1]] = array[:, [0, -1]] = FRAME  # a white one on a white page
            said = title(name, t)
            st.image(array if array.shape[2] == 3 else array[:, :, 0], caption=said, alt=said, width=58)
