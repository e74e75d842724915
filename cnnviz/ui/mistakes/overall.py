"""How good and how well calibrated the network is: over all test images, and per class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.figures.calibration import calibration_chart, calibration_summary
from cnnviz.text import Text

EVEN = 0.005
"""How near mean confidence and accuracy must be to count as equal."""

if TYPE_CHECKING:
    import pandas as pd

    from cnnviz.train.predictions import Predictions
    from cnnviz.ui.mistakes.subject import Subject


def say(subject: Subject, answers: Predictions, t: Text) -> None:
    """The numbers at the head of the page, each computed from the answers."""
    wrong = int((~answers.right()).sum())
    held = {"accuracy": f"{answers.accuracy():.1%}", "wrong": f"{wrong:,} / {len(answers):,}",
            "confidence": f"{float(answers.confidence().mean()):.1%}"}
    with st.container(horizontal=True):
        for name, value in held.items():
            st.metric(t(f"overall.{name}.label"), value, help=t(f"overall.{name}.help"), border=True)
    if subject.accuracy is not None:
        key = "card" if subject.weights.kind == "checkpoint" else "run"
        st.caption(t(f"overall.{key}", accuracy=f"{subject.accuracy:.2%}", here=f"{answers.accuracy():.2%}"))


def per_class(answers: Predictions, names: list[str], t: Text) -> None:
    """A row per class: of its images how many were found, and of those given it how many have it."""
    share = {"format": "percent", "min_value": 0.0, "max_value": 1.0, "width": "small"}
    st.dataframe(class_table(answers, names, t), hide_index=True, placeholder="–", column_config={
        t("class.recall"): st.column_config.ProgressColumn(help=t("class.recall_help"), **share),
        t("class.precision"): st.column_config.ProgressColumn(help=t("class.precision_help"), **share)})


def class_table(answers: Predictions, names: list[str], t: Text) -> pd.DataFrame:
    """The table of `per_class`; shares in [0, 1]."""
    import pandas as pd

    from cnnviz.train.class_scores import class_scores

    return pd.DataFrame([{t("class.name"): name, t("class.images"): score.images, t("class.recall"): score.recall,
                          t("class.precision"): score.precision}
                         for name, score in zip(names, class_scores(answers), strict=True)])


def calibration(answers: Predictions, t: Text) -> None:
    """Confidence against accuracy, and the expected calibration error."""
    from cnnviz.train.calibration import calibrate

    found = calibrate(answers)
    apart = found.confidence - found.accuracy
    gap = "even" if abs(apart) < EVEN else "over" if apart > 0 else "under"
    st.markdown(t(f"calibration.{gap}", confidence=f"{found.confidence:.1%}", accuracy=f"{found.accuracy:.1%}",
                  error=f"{found.error:.3f}", count=f"{found.count:,}"))
    st.plotly_chart(calibration_chart(found, t), key="calibration", config={"displayModeBar": False},
                    alt=calibration_summary(found, t))
