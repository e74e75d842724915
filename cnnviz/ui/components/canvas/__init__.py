"""The tensor canvas: feature maps, kernels and an image, explored in the browser without a rerun.

    from cnnviz.ui.components.canvas import ImagePanel, MapsPanel, canvas

    maps = MapsPanel("conv1", activation, title="conv1", field=record.receptive_field)
    result = canvas([ImagePanel("image", pixels, title=t("image.title")), maps], key="walk", t=t)
    if result.pin:                 # one rerun after a click or Enter
        result.pin.panel, result.pin.channel, result.pin.y, result.pin.x

Panels of one canvas share the read-out, the pin and the colour range. Every tensor travels once: it is
sent beside the canvas under its content's hash, and a rerun with the same tensor sends nothing of it again.
"""

from cnnviz.ui.components.canvas.canvas_view import canvas, canvas_component
from cnnviz.ui.components.canvas.panels import FiltersPanel, Heat, ImagePanel, MapsPanel, Panel
from cnnviz.ui.components.canvas.pinned_unit import CanvasResult, Unit

__all__ = [
    "CanvasResult",
    "FiltersPanel",
    "Heat",
    "ImagePanel",
    "MapsPanel",
    "Panel",
    "Unit",
    "canvas",
    "canvas_component",
]
