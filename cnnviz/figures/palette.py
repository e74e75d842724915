"""Colours that a colour-blind user tells apart (after Okabe and Ito), each with a marker and a pattern of its own."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("circle", "square", "diamond", "x", "triangle-up", "cross")
PATTERNS = ("", "/", ".", "x", "-", "+")
