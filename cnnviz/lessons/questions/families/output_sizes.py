"""Generators about the size of a layer's output."""

from fractions import Fraction
from math import ceil

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.lessons.questions.square_window import WINDOWS, has_square_window, window_of

LARGEST_SIDE = 64
"""Of the input that is supposed."""


def _draw_side(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Suppose an input of another side, such that the stride leaves a remainder where there is a stride."""
    row = network.pick(draw, *WINDOWS, where=has_square_window)
    window = window_of(row)
    size = draw.between(window.kernel + 5, LARGEST_SIDE)
    quotient = Fraction(size + 2 * window.padding - window.kernel, window.stride)
    if size == row.input_shapes[0][1] or (window.stride > 1 and quotient.denominator == 1):
        return None
    return {
        "layer": row.name,
        "kind": row.kind,
        "n": size,
        "k": window.kernel,
        "s": window.stride,
        "p": window.padding,
        "quotient": _plain(quotient),
        "floor": int(quotient),
    }


def _plain(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)


OUTPUT_SIDE = Generator(
    name="output-side",
    topic="questions/output_sizes",
    draw=_draw_side,
    right=lambda f: (f["n"] + 2 * f["p"] - f["k"]) // f["s"] + 1,
    wrong={
        "no_floor": lambda f: f["quotient"] + 1,
        "rounded_up": lambda f: ceil(f["quotient"]) + 1,
        "plus_one_forgotten": lambda f: f["floor"],
        "padding_once": lambda f: (f["n"] + f["p"] - f["k"]) // f["s"] + 1,
        "padding_forgotten": lambda f: (f["n"] - f["k"]) // f["s"] + 1,
        "stride_is_kernel": lambda f: (f["n"] + 2 * f["p"] - f["k"]) // f["k"] + 1,
    },
    form=lambda f, _: NumberForm(),
    link=walkthrough,
    difficulty=Difficulty(level=2, largest=LARGEST_SIDE + 14),
)

GENERATORS = (OUTPUT_SIDE,)
