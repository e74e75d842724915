"""Options that several architectures share."""

from cnnviz.options import Choice, Option, Whole

HIDDEN = Option("hidden", Whole(1, 8192), 4096)
"""The units of each hidden dense layer of AlexNet and VGG."""

WIDTH = Option("width", Choice((1.0, 0.75, 0.5, 0.25, 0.125)), 1.0)
"""Multiplies the channels of a network's convolutions, class scores apart: every network has it."""
