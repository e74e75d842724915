"""Images of the sets on this machine, cached for all pages and users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from cnnviz.data import ImageSet


@st.cache_resource(max_entries=6, show_spinner=False)
def cached_test_images(name: str, limit: int | None) -> ImageSet:
    """Return the test split of the set `name`, or its first `limit` images; never changed.

    Raises:
        UserError: there is no such set, or its files are not here.
    """
    from cnnviz.data import dataset

    return dataset(name).load("test", limit=limit, download=False)


@st.cache_resource(max_entries=3, show_spinner=False)
def cached_training_images(name: str, limit: int, data_dir: str | None = None) -> ImageSet:
    """Return the first `limit` training images of the set `name`; never changed.

    Raises:
        UserError: there is no such set, or its files are not here.
    """
    from cnnviz.data import dataset

    entry = dataset(name)
    return entry.load("train", data_dir, min(limit, entry.num_train), download=False)
