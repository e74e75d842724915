"""Maps over one image, side by side in the browser: one scale with a legend in numbers, one cursor, one brush.

    from cnnviz.ui.components.overlays import Overlay, overlays

    overlays([Overlay("image", pixels), Overlay("gradient", pixels, values)], key="maps", t=t)

It draws with the parts of the canvas (`cnnviz.ui.components.canvas`): the same colours, legend, marks and files.
"""

from cnnviz.ui.components.overlays.overlay_panels import BrushColour, Overlay, PixelBox, Stroke
from cnnviz.ui.components.overlays.overlays_view import overlay_room, overlays, overlays_component

__all__ = ["BrushColour", "Overlay", "PixelBox", "Stroke", "overlay_room", "overlays", "overlays_component"]
