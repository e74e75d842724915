"""Tab: padding, stride, dilation and what stands outside the image."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import torch
from torch import Tensor

from cnnviz.ops.convolution_step import tap_sources
from cnnviz.ops.window import WindowAxis
from cnnviz.options import Flag, Option
from cnnviz.ui.pages.operations.board import Board, Grid, Preset, Tab, WindowLink
from cnnviz.ui.pages.operations.input_sources import input_settings, kernel_settings
from cnnviz.ui.pages.operations.tabs.sliding import BIAS, DILATION, MODE, PADDING, STRIDE, convolution_board

COUNT = " / ".join(" ".join(str(8 * row + column) for column in range(8)) for row in range(8))
FIVE = " / ".join(" ".join(str(5 * row + column) for column in range(5)) for row in range(5))

SETTINGS = (
    *input_settings("0 1 2 / 3 4 5 / 6 7 8", size="224"),
    *kernel_settings("0 1 / 2 3"),
    replace(STRIDE, default="3,2"),
    replace(PADDING, default="1"),
    DILATION,
    MODE,
    BIAS,
    Option("uses", Flag(), False),
)
ALEXNET = {"from": "image", "size": "224", "kernel_from": "edge", "k": "11", "stride": "4", "padding": "1"}
RESNET = {"from": "image", "size": "224", "kernel_from": "edge", "k": "7", "stride": "2", "padding": "3"}
PRESETS = (
    Preset("worked"),
    Preset("shape", {"x": COUNT, "kernel_from": "ones", "k": "3,5", "padding": "0,1", "stride": "3,4"}),
    Preset("alexnet", ALEXNET),
    Preset("resnet", RESNET),
    Preset("same", {"x": FIVE, "kernel_from": "mean", "k": "3", "padding": "1", "stride": "1"}),
    Preset("even", {"x": FIVE, "kernel_from": "mean", "k": "4", "padding": "same", "stride": "1"}),
    Preset("border", {"x": FIVE, "kernel_from": "ones", "k": "3", "padding": "0", "stride": "1", "uses": True}),
    Preset("reflect", {"x": FIVE, "kernel_from": "mean", "k": "5", "padding": "2", "stride": "1", "mode": "reflect"}),
    Preset(
        "replicate", {"x": FIVE, "kernel_from": "mean", "k": "3", "padding": "1", "stride": "1", "mode": "replicate"}
    ),
    Preset("circular", {"x": FIVE, "kernel_from": "mean", "k": "3", "padding": "1", "stride": "1", "mode": "circular"}),
    Preset("dilation", {"x": COUNT, "kernel_from": "ones", "k": "3", "padding": "0", "stride": "1", "dilation": "2"}),
    Preset("stride", {"x": COUNT, "kernel_from": "mean", "k": "3", "padding": "1", "stride": "2"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return one convolution; where asked, also how often each input number is used."""
    board = convolution_board(s)
    if not s["uses"]:
        return board
    link, x = board.links[0], board.grid("input").values
    assert isinstance(link, WindowLink)
    return replace(board, grids=(*board.grids, Grid("uses", uses(x, link.rows, link.columns, s["mode"])[None])))


def uses(x: Tensor, rows: WindowAxis, columns: WindowAxis, mode: str) -> Tensor:
    """Return, (H, W), in how many products each input number takes part."""
    counts = [torch.zeros(length, dtype=torch.float64) for length in x.shape[-2:]]
    for line, length, count in zip((rows, columns), x.shape[-2:], counts, strict=True):
        for unit, tap in product(range(line.units(length)), range(line.kernel)):
            position = tap_sources(line, unit, length, mode)[tap]
            if position is not None:
                count[position] += 1
    return torch.outer(*counts)


TAB = Tab("padding", SETTINGS, PRESETS, compute)
