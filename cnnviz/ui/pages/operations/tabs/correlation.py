"""Tab: 2-D cross-correlation step by step, with kernels designed by hand."""

from cnnviz.ui.pages.operations.board import Preset, Tab
from cnnviz.ui.pages.operations.input_sources import input_settings, kernel_settings
from cnnviz.ui.pages.operations.tabs.sliding import BIAS, convolution_board

EDGE = " / ".join(["1 1 0 0 0 0 1 1"] * 6)
TURNED = " / ".join([" ".join(["1"] * 6)] * 2 + [" ".join(["0"] * 6)] * 4 + [" ".join(["1"] * 6)] * 2)
DIAGONAL = " / ".join(" ".join("1" if column == row else "0" for column in range(6)) for row in range(6))
RAMP = " / ".join(["0 0 0 3 6 9 9 9"] * 3)
SPOT = " / ".join(["0 0 0 0 0", "0 0 0 0 0", "0 0 9 0 0", "0 0 0 0 0", "0 0 0 0 0"])

SETTINGS = (*input_settings("0 1 2 / 3 4 5 / 6 7 8"), *kernel_settings("0 1 / 2 3"), BIAS)
PRESETS = (
    Preset("worked"),
    Preset("bias", {"bias": "10"}),
    Preset("edge", {"x": EDGE, "kernel": "1 -1"}),
    Preset("diagonal", {"x": DIAGONAL, "kernel": "1 -1"}),
    Preset("transposed_input", {"x": TURNED, "kernel": "1 -1"}),
    Preset("transposed_kernel", {"x": EDGE, "kernel": "1 / -1"}),
    Preset("direction", {"x": DIAGONAL, "kernel": "0 1 / -1 0"}),
    Preset("second", {"x": RAMP, "kernel": "1 -2 1"}),
    Preset("blur", {"x": SPOT, "kernel_from": "mean", "k": "3"}),
    Preset("integral", {"x": "1 2 3 4 5 6", "kernel_from": "ones", "k": "1,3"}),
    Preset("photo", {"from": "image", "picture": "flower", "size": "96", "kernel_from": "edge", "k": "3"}),
)
TAB = Tab("correlation", SETTINGS, PRESETS, convolution_board)
