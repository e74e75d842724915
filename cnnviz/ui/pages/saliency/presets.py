"""Ready-made questions: each sets everything on this page, as a link would, and is answered by what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.text import Text
from cnnviz.ui.core import scroll_to, url_state

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


def draw_question(t: Text) -> None:
    """Draw the question that the page now answers and what to look for; after a press of its button, scroll there."""
    name = matching_question(st.query_params.to_dict())
    if name is None:
        return
    with st.container(gap=None):
        scroll_to.anchor("question")
        st.info(f"**{t(f'question.{name}.title')}** {t(f'question.{name}.look')}", icon=":material/help_center:")


def draw_question_buttons(t: Text) -> None:
    """Draw a button for every question whose network is there."""
    there = [name for name, query in QUESTIONS.items() if networks(query) <= set(CHECKPOINTS)]
    for first in range(0, len(there), 3):
        for cell, name in zip(st.columns(3, gap="medium"), there[first : first + 3], strict=False):
            with cell.container(gap="xsmall"):
                st.button(
                    t(f"question.{name}.title"),
                    key=f"question.{name}",
                    type="tertiary",
                    on_click=_follow_question,
                    icon=":material/help_center:",
                    args=(name,),
                )
                st.caption(t(f"question.{name}.look"))


def _follow_question(name: str) -> None:
    scroll_to.request("question")
    url_state.follow(QUESTIONS[name])
