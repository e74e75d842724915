"""The first page's one real trace as a row of pictures, drawn without torch or Plotly.

Markdown in a row that wraps is what Streamlit's first script draws by itself: no chunk of it is waited for.
"""

import streamlit as st

from cnnviz.facts import Facts, StepFacts
from cnnviz.text import Text
from cnnviz.ui.plain import plain

_WIDTH = 132
"""Pixels of one picture with its caption."""
_STYLE = """<style>
.st-key-trace img { image-rendering: pixelated; border-radius: 2px; }
.st-key-trace p { line-height: 1.35; }
.st-key-trace > *:not(:last-child) { position: relative; }
.st-key-trace > *:not(:last-child)::after {
    content: "→"; position: absolute; right: -0.9rem; top: 0; opacity: 0.45; font-size: 1.2rem; line-height: 96px; }
</style>"""


def draw_trace(facts: Facts, t: Text) -> None:
    """The digit and the output of each layer of LeNet, in order, each captioned."""
    with st.container(key="trace", horizontal=True, gap="medium"):
        for figure in trace_figures(facts, t):
            st.markdown(figure, width=_WIDTH, text_alignment="center")


def style_trace() -> None:
    """Arrows between the pictures, and square pixels; not worth waiting for."""
    st.html(_STYLE)


def trace_figures(facts: Facts, t: Text) -> list[str]:
    """One picture with its caption each, in Markdown: the image, then every layer that is shown."""
    size = facts.steps[0].shape[-1]
    alt = t("steps.alt_input", label=facts.label, size=size)
    first = _figure(facts.image, alt, t("steps.input"), f"1×{size}×{size}")
    return [first, *(_figure(step.picture, _alt(step, t), step.name, *_caption(step, t)) for step in facts.steps)]


def _caption(step: StepFacts, t: Text) -> list[str]:
    sees = t("steps.sees_all") if step.sees is None else t("steps.sees", size=step.sees)
    learned = t("steps.params", count=step.num_params) if step.num_params else t("steps.no_params")
    return ["×".join(map(str, step.shape)), sees, learned]


def _alt(step: StepFacts, t: Text) -> str:
    return t("steps.alt", name=step.name, shape="×".join(map(str, step.shape)), low=step.low, high=step.high)


def _figure(picture: str, alt: str, name: str, *lines: str) -> str:
    captions = "\\\n".join(f":small[{plain(line)}]" for line in lines)
    return f"![{plain(alt)}]({picture})\\\n**{name}**\\\n{captions}"
