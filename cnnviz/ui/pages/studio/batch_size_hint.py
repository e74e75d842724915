"""The note on a training with few updates an epoch, and the smaller batch that gives it more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.data import dataset
from cnnviz.runs.quick_settings import quick_batch_size
from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.pages.studio.links import SETTING

FEW = 16
"""Minibatches an epoch below which a word is said."""


def count_of(plan: Mapping[str, Any]) -> int:
    """Return the number of training images of a plan."""
    known = dataset(plan["dataset"]).num_train
    return min(plan["limit"] or known, known)


def updates(count: int, batch: int) -> int:
    """Return the minibatches an epoch of `count` images, the last one's remainder included."""
    return -(-count // max(1, batch))


def smaller_batch(count: int, batch: int) -> int | None:
    """Return the power of two to be proposed in place of `batch`; None where that gives updates enough or is small."""
    if updates(count, batch) >= FEW:
        return None
    proposed = quick_batch_size(count)
    return proposed if proposed < min(batch, count) else None


def draw(plan: Mapping[str, Any], t: Text) -> None:
    """Draw the sentence and the smaller batch, where updates are few."""
    count, batch = count_of(plan), plan["settings"]["batch_size"]
    proposed = smaller_batch(count, batch)
    if proposed is None:
        return
    st.caption(
        t(
            "few.said",
            batch=f"{batch:,}",
            updates=updates(count, batch),
            smaller=proposed,
            more=updates(count, proposed),
        )
    )
    st.button(
        t("few.take", smaller=proposed),
        key="few",
        icon=":material/view_comfy:",
        on_click=url.put,
        args=(SETTING["batch_size"], proposed),
    )
