"""Tab: several input and output channels, 1×1 kernels, groups and depthwise kernels."""

from cnnviz.ui.pages.operations.board import Preset, Tab
from cnnviz.ui.pages.operations.input_sources import input_settings, kernel_settings
from cnnviz.ui.pages.operations.tabs.sliding import BIAS, GROUPS, PADDING, STRIDE, convolution_board

TWO = "0 1 2 / 3 4 5 / 6 7 8 ; 1 2 3 / 4 5 6 / 7 8 9"
KERNELS = "0 1 / 2 3 ; 1 2 / 3 4"
THREE = f"{KERNELS} | 1 2 / 3 4 ; 2 3 / 4 5 | 2 3 / 4 5 ; 3 4 / 5 6"
RANDOM = {"from": "random", "size": "6", "kernel_from": "random"}

SETTINGS = (
    *input_settings(TWO, size="6", channels=4),
    *kernel_settings(KERNELS, outputs=4),
    STRIDE,
    PADDING,
    GROUPS,
    BIAS,
)
PRESETS = (
    Preset("worked"),
    Preset("three", {"kernel": THREE}),
    Preset("one_by_one", {"kernel": "1 ; -1 | 0.5 ; 0.5 | 0 ; 2"}),
    Preset("rgb", {"from": "image", "colour": "rgb", "size": "64", "kernel": "0.299 ; 0.587 ; 0.114"}),
    Preset("cost", {**RANDOM, "channels": 2, "outputs": 2}),
    Preset("doubled", {**RANDOM, "channels": 4, "outputs": 4}),
    Preset("groups", {**RANDOM, "channels": 4, "outputs": 4, "groups": 2}),
    Preset("depthwise", {**RANDOM, "channels": 4, "outputs": 4, "groups": 4}),
)
TAB = Tab("channels", SETTINGS, PRESETS, convolution_board)
