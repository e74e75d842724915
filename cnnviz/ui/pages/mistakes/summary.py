"""Accuracy and calibration over all test images, and metrics per class."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.figures.calibration import calibration_chart, calibration_summary
from cnnviz.models import TrainedModel
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.train.calibration import calibrate
from cnnviz.train.class_metrics import class_metrics
from cnnviz.train.predictions import Predictions
from cnnviz.ui.components.figure import draw_chart

CALIBRATED_WITHIN = 0.005
"""How near mean confidence and accuracy must be to count as equal."""


def draw_metrics(answers: Predictions, t: Text) -> None:
    """Draw the numbers at the head of the page, each computed from the answers."""
    wrong = int((~answers.right()).sum())
    held = {
        "accuracy": percent(answers.accuracy()),
        "wrong": f"{wrong:,} / {len(answers):,}",
        "confidence": percent(float(answers.confidence().mean())),
    }
    with st.container(horizontal=True, key="overall"):
        for name, value in held.items():
            st.metric(t(f"overall.{name}.label"), value, help=t(f"overall.{name}.help"), width="content")


def draw_check(model: TrainedModel, answers: Predictions, t: Text) -> None:
    """Draw the accuracy stored with the network beside the one that was computed here."""
    if model.accuracy is not None:
        key = "run" if model.source.is_users else "card"
        st.caption(t(f"overall.{key}", accuracy=percent(model.accuracy), here=percent(answers.accuracy())))


def draw_classes(answers: Predictions, names: list[str], t: Text) -> None:
    """Draw a row per class: how many of its images were found, and how many of those given it have it."""
    share: dict[str, Any] = {"format": "%.3g%%", "min_value": 0, "max_value": 100, "width": "small"}
    table = class_table(answers, names, t)
    table[[t("class.recall"), t("class.precision")]] *= 100
    st.dataframe(
        table,
        hide_index=True,
        placeholder="–",
        column_config={
            t("class.recall"): st.column_config.ProgressColumn(help=t("class.recall_help"), **share),
            t("class.precision"): st.column_config.ProgressColumn(help=t("class.precision_help"), **share),
        },
    )


def class_table(answers: Predictions, names: list[str], t: Text) -> pd.DataFrame:
    """Return the table of `per_class`; shares in [0, 1]."""
    return pd.DataFrame(
        [
            {
                t("class.name"): name,
                t("class.images"): score.images,
                t("class.recall"): score.recall,
                t("class.precision"): score.precision,
            }
            for name, score in zip(names, class_metrics(answers), strict=True)
        ]
    )


def draw_calibration(answers: Predictions, caption: str, t: Text) -> None:
    """Draw confidence against accuracy, and the expected calibration error."""
    found = calibrate(answers)
    apart = found.confidence - found.accuracy
    gap = "even" if abs(apart) < CALIBRATED_WITHIN else "over" if apart > 0 else "under"
    st.markdown(
        t(
            f"calibration.{gap}",
            confidence=percent(found.confidence),
            accuracy=percent(found.accuracy),
            error=f"{found.error:.3f}",
            count=f"{found.count:,}",
        )
    )
    draw_chart(calibration_chart(found, t), key="calibration", alt=calibration_summary(found, t), t=t, caption=caption)
