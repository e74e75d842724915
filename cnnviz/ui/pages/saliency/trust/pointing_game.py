"""The pointing game: where every object's pixels are known, how often maps lie on the object of their class."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st
import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.attribution import BASELINES, METHODS
from cnnviz.attribution.baselines import SEVERAL
from cnnviz.attribution.trust.controls import title as control
from cnnviz.attribution.trust.pointing_game import (
    PointingExample,
    PointingResult,
    pointing_examples,
    pointing_game,
    pointing_game_of_controls,
)
from cnnviz.data import prepare
from cnnviz.text import Text
from cnnviz.ui.core import url, url_state
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.pages.saliency import map_cost
from cnnviz.ui.pages.saliency.links import IMAGE_COUNT
from cnnviz.ui.pages.saliency.map_computation import StoppableWork
from cnnviz.ui.pages.saliency.map_request import OTHER, MapRequest
from cnnviz.ui.pages.saliency.method_picker import title
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.trust.result_cache import TestedMap, TrustQuestion, is_cached
from cnnviz.ui.pages.saliency.trust.result_table import draw_results

LESSON = {
    "weights": "resnet-18-shapes",
    "image": "shapes",
    "n": "0",
    "compare": "methods",
    "method": "grad-cam,occlusion",
    "trust": "pointing",
}


def draw(asked: TrustQuestion, t: Text) -> None:
    """Draw hits and masses of every method and of every control over a batch; else the way to images with masks."""
    subject = asked.given.subject
    entry = subject.model.dataset
    if entry is None or not entry.has_masks:
        st.info(t("pointing.no_masks"), icon=":material/texture:")
        if st.button(t("pointing.go"), key="pointing.go", on_click=url_state.follow, args=(LESSON,)):
            st.rerun()  # the page, not this part of it alone
        return
    count = url.select(IMAGE_COUNT, t("pointing.count"), style="segments")
    some = list({one.case.method: one for one in asked.shown}.values())
    work = StoppableWork(("pointing", subject, count, tuple(one.case.method for one in some)), "pointing", t)
    if not all(is_cached(_key(one, count)) for one in some) and work.stopped:
        return
    with work:
        batch = examples_of(subject, count)
        found = [
            work.result(
                _key(one, count),
                1000,
                partial(_test, one, batch, place, len(some), work),
                subject,
                len(batch) * map_cost.num_passes(one.case),
                one.case.method,
            )
            for place, one in enumerate(some)
        ]
    st.caption(t("pointing.batch", images=count, objects=len(batch)))
    controls = pointing_game_of_controls(batch)
    rows = []
    for one in found:
        lost = t.listed(control(other.name, t.language) for other in controls if one.loses_to(other))
        rows.append(
            _row(title(one.name, t.language), one, t("verdict.loses", controls=lost) if lost else t("verdict.beats"), t)
        )
    rows += [_row(t("control", name=control(one.name, t.language)), one, "", t) for one in controls]
    draw_results(rows, t, shares=(t("table.hits"), t("table.own"), t("table.other")))


def examples_of(subject: SaliencyInput, count: int) -> list[PointingExample]:
    """Return every object of the first `count` test images of the network's own set, at the size of its input."""
    entry = subject.model.dataset
    assert entry is not None
    images = cached_test_images(entry.name, count)
    assert images.regions is not None
    pixels = torch.cat(
        [subject.model.standardise(prepare(image, subject.spec.input_shape).tensor) for image in images.images]
    )
    regions = functional.interpolate(
        images.regions[:, None].float(), size=subject.spec.input_shape[1:], mode="nearest-exact"
    )[:, 0].to(torch.uint8)
    return list(pointing_examples(pixels, regions, entry.multi_label))


def _test(one: TestedMap, batch: list[PointingExample], place: int, places: int, work: StoppableWork) -> PointingResult:
    case = one.case
    entry = METHODS[case.method]
    baselines = [baseline_of(case, example) for example in batch] if entry.uses_baseline else None
    probability = [
        replace(example, target=replace(example.target, probability=case.target.probability)) for example in batch
    ]
    return pointing_game(
        entry,
        case.subject.network(),
        probability,
        layer=case.layer,
        baselines=baselines,
        options=dict(case.options),
        seed=case.seed,
        progress=lambda done, of: work(done, of, place, places),
    )


def baseline_of(case: MapRequest, example: PointingExample) -> Tensor:
    """Return the baseline of a case, made from the example's own pixels: (1, C, H, W), as the network reads it.

    (N, C, H, W) for a method that averages over several.
    """
    seen = case.subject.model.unstandardise(example.image)
    if METHODS[case.method].averages:
        return torch.cat([case.subject.model.standardise(BASELINES[name](seen, case.seed)) for name in SEVERAL])
    if case.baseline.name == OTHER:  # the same for all
        return case.subject.model.standardise(case.baseline.image(case.subject, case.seed)[None])
    return case.subject.model.standardise(BASELINES[case.baseline.name](seen, case.seed))


def _row(name: str, one: PointingResult, verdict: str, t: Text) -> dict[str, object]:
    return {
        t("table.map"): name,
        t("table.verdict"): verdict,
        t("table.hits"): one.pointing,
        t("table.own"): one.own,
        t("table.other"): one.other,
    }


def _key(one: TestedMap, count: int) -> tuple[object, ...]:
    case = one.case
    of = case.subject.image if case.baseline.name == OTHER else None  # whose set the other image is from
    return (
        "pointing",
        case.subject.model,
        case.method,
        case.layer,
        case.baseline,
        case.options,
        case.seed,
        case.target.probability,
        of,
        count,
    )
