"""Whether a training has few updates an epoch for want of images, with the smaller batch that gives it more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import address
from cnnviz.ui.studio import given

FEW = 16
"""Minibatches an epoch below which a word is said."""
WANTED = 2 * FEW
"""Minibatches an epoch that the smaller batch gives where it can."""
LEAST = 8
"""Images of a batch that is proposed at least."""


def count_of(plan: Mapping[str, Any]) -> int:
    """The training images of a plan."""
    from cnnviz.data import dataset

    known = dataset(plan["dataset"]).num_train
    return min(plan["limit"] or known, known)


def updates(count: int, batch: int) -> int:
    """Minibatches an epoch of `count` images, the last one's remainder included."""
    return -(-count // max(1, batch))


def smaller(count: int, batch: int) -> int | None:
    """The power of two to be proposed in place of `batch`; None where that gives updates enough or is small."""
    if updates(count, batch) >= FEW:
        return None
    proposed = max(LEAST, 1 << max(0, (count // WANTED).bit_length() - 1))
    return proposed if proposed < min(batch, count) else None


def say(plan: Mapping[str, Any], t: Text) -> None:
    """The sentence, and the ways to other recipes, where updates are few."""
    count, batch = count_of(plan), plan["settings"]["batch_size"]
    proposed = smaller(count, batch)
    if proposed is None:
        return
    st.caption(
        t(
            "few.said",
            count=f"{count:,}",
            batch=f"{batch:,}",
            updates=updates(count, batch),
            smaller=proposed,
            more=updates(count, proposed),
        )
    )
    proven = _proven(plan, count)
    with st.container(horizontal=True):
        st.button(
            t("few.take", smaller=proposed),
            key="few",
            icon=":material/view_comfy:",
            on_click=address.put,
            args=("set.batch_size", proposed),
        )
        if proven:
            st.button(t("proven"), key="proven", icon=":material/verified:", on_click=address.follow, args=(proven,))


def _proven(plan: Mapping[str, Any], count: int) -> dict[str, str]:
    """The shipped recipe for the plan's images, its batch no larger than they allow; empty where there is none."""
    query = given.proven(plan["architecture"])
    if query:
        batch = int(query["set.batch_size"])
        query |= {"data": plan["dataset"], "set.batch_size": str(smaller(count, batch) or batch)}
        if plan["limit"]:
            query["limit"] = str(plan["limit"])
    return query
