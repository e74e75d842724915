"""A drawing on its way through LeNet: the outputs of its layers and the probabilities at its end."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.data import dataset
from cnnviz.data.handwriting import prepare_handwriting
from cnnviz.data.image_note import ImageNote
from cnnviz.data.pen_drawing import PenDrawing
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.record import Trace

DATASET = "mnist"
"""Whose frame a drawing is brought into, and whose images taught the network."""
WEIGHTS = "lenet-mnist"
"""The trained network that reads it."""
SHOWN = ("conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3")
"""The layers whose outputs are shown; the last gives the scores of the ten digits."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawingResult:
    """All that is shown of one drawing."""

    outputs: dict[str, Tensor]
    """float32 (C, H, W) or (F,) of each layer in `MAX_TERMS`."""
    probabilities: tuple[float, ...]
    """Of the digits 0 to 9: the softmax of the scores."""
    doubts: tuple[ImageNote, ...]
    """Why the digit may not be what was meant."""


def predict_drawing(drawing: PenDrawing, network: nn.Module, trace: Trace) -> DrawingResult:
    """Return what `network`, which `trace` describes, computes from a drawing with at least one stroke."""
    framing = dataset(DATASET).handwriting
    assert framing is not None
    channels, height, width = trace.input_shape
    prepared = prepare_handwriting(drawing.image(), (channels, height, width), framing)
    walk = LazyActivations(network, trace, prepared.tensor)
    outputs = {name: walk.output(name)[0].float() for name in SHOWN}
    probabilities = torch.softmax(outputs[SHOWN[-1]].double(), 0)
    return DrawingResult(outputs, tuple(probabilities.tolist()), prepared.doubts)
