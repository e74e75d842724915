"""Ready-made questions: each sets everything on this page, as a link would, and is answered by what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.text import Text
from cnnviz.ui.core import url_state

QUESTIONS: MappingProxyType[str, dict[str, str]] = MappingProxyType(
    {
        "shortcut": {
            "weights": "lenet-digits-tagged",
            "image": "digits-tagged",
            "n": "11",
            "method": "integrated-gradients,occlusion",
        },
        "erased": {
            "weights": "lenet-digits-tagged",
            "image": "digits-tagged",
            "n": "11",
            "method": "integrated-gradients,occlusion",
            "paint": "erase.9.3.3",
        },
        "rather": {
            "weights": "lenet-max-digits",
            "image": "digits",
            "n": "157",
            "class": "8",
            "minus": "9",
            "method": "integrated-gradients,occlusion",
        },
        "baseline": {
            "weights": "lenet-max-digits",
            "image": "digits",
            "n": "8",
            "compare": "baselines",
            "method": "integrated-gradients",
            "baselines": "black,white,blurred",
        },
        "objects": {
            "weights": "resnet-18-shapes",
            "image": "shapes",
            "n": "38",
            "compare": "classes",
            "method": "grad-cam",
            "trust": "pointing",
        },
        "pretty": {
            "weights": "lenet-max-digits",
            "image": "digits",
            "n": "2",
            "method": "gradient,guided-backprop",
            "trust": "randomisation",
        },
        "controls": {
            "weights": "lenet-max-digits",
            "image": "digits",
            "n": "4",
            "method": "gradient,integrated-gradients",
            "trust": "deletion",
        },
        "layers": {
            "weights": "resnet-18-digits",
            "image": "digits",
            "n": "3",
            "compare": "layers",
            "method": "grad-cam",
        },
        "networks": {
            "weights": "lenet-digits",
            "image": "digits",
            "n": "6",
            "compare": "checkpoints",
            "method": "integrated-gradients",
            "also": "lenet-digits,lenet-max-digits,lenet-bn-digits",
        },
        "field": {
            "weights": "resnet-18-digits",
            "image": "digits",
            "n": "0",
            "compare": "layers",
            "method": "neuron-gradient",
            "layers": "stem.relu,stage1.block1.relu,stage1.block2.relu",
        },
    }
)
"""By name, what the link says; the words stand under `question.<name>`."""


def networks(query: Mapping[str, str]) -> set[str]:
    """Return the checkpoints that a question names."""
    return {query["weights"], *(query["also"].split(",") if "also" in query else ())}


def matching_question(said: Mapping[str, str]) -> str | None:
    """Return the question whose link agrees most with the address `said`, where that agrees with all of it."""
    those = [name for name, query in QUESTIONS.items() if query.items() <= dict(said).items()]
    return max(those, key=lambda name: len(QUESTIONS[name]), default=None)


def available() -> list[str]:
    """Return the questions whose networks are there."""
    return [name for name, query in QUESTIONS.items() if networks(query) <= set(CHECKPOINTS)]


def draw_question_buttons(t: Text) -> None:
    """Draw a button for every question whose network is there, each with what is to be seen."""
    for name in available():
        with st.container(gap="xsmall"):
            st.button(
                t(f"question.{name}.title"),
                key=f"question.{name}",
                type="tertiary",
                on_click=url_state.follow,
                args=(QUESTIONS[name],),
            )
            st.caption(t(f"question.{name}.look"))
