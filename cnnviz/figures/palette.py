"""Colours that a colour-blind user tells apart (after Okabe and Ito), each with a marker and a pattern of its own."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("circle", "square", "diamond", "x", "triangle-up", "cross")
PATTERNS = ("", "/", ".", "x", "-", "+")
FAMILY_COLOURS = {
    "conv": "#0072B2",
    "norm": "#56B4E9",
    "activation": "#E69F00",
    "pool": "#009E73",
    "linear": "#D55E00",
    "join": "#CC79A7",
    "dropout": "#888888",
    "reshape": "#888888",
    "other": "#888888",
    "block": "#5B6472",
    "image": "#1C1F24",
}
"""Of the families of layers, as the diagram of the page has them, and of what is no layer."""
