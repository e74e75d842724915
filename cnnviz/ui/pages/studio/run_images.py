"""The images of a run, as its network reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st
import torch
from torch import Tensor

from cnnviz.data import ImageSet, dataset
from cnnviz.runs.run_plan import RunPlan
from cnnviz.train.batch_preparation import BatchPreparation, pixel_statistics
from cnnviz.train.seeding import draw_seed


def image_set(plan: RunPlan, split: Literal["train", "test"]) -> ImageSet:
    """Return the images that the run trains on, or is tested on; shared by every session and never changed.

    Raises:
        UserError: they are not on this machine (any more).
    """
    return _load(plan.dataset, plan.data_dir, split, plan.limit)


def read_by_network(plan: RunPlan, number: int) -> Tensor:
    """Return image `number` of the test set as the network reads it, float32 (1, C, H, W)."""
    return _preparation(plan)(image_set(plan, "test").images[number : number + 1])


def minibatch(plan: RunPlan, step: int, indices: Sequence[int], most: int) -> Tensor:
    """Return the first `most` images of a minibatch as the network read them, float32 (n, C, H, W) in [0, 1]."""
    config = plan.config
    # the draws of an augmentation are made for the whole minibatch
    chosen = torch.tensor(indices if config.augment else indices[:most])
    pixels = image_set(plan, "train").images.index_select(0, chosen)
    seen = replace(_preparation(plan), mean=(), deviation=())
    return seen(pixels, config.augment, draw_seed(config.seed, "augment", step - 1))[:most]


def _preparation(plan: RunPlan) -> BatchPreparation:
    mean, deviation = _statistics(plan.dataset, plan.data_dir, plan.limit) if plan.config.standardise else ((), ())
    return BatchPreparation(plan.config.image_size, mean, deviation)


@st.cache_resource(max_entries=3, show_spinner=False)
def _load(name: str, data_dir: str | None, split: Literal["train", "test"], limit: int | None) -> ImageSet:
    return dataset(name).load(split, data_dir, limit, download=False)


@st.cache_resource(max_entries=8, show_spinner=False)
def _statistics(name: str, data_dir: str | None, limit: int | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return pixel_statistics(_load(name, data_dir, "train", limit).images)
