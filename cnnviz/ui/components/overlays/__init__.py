"""Maps over one image, side by side in the browser: one scale with a legend in numbers, one cursor, one brush.

    from cnnviz.ui.components.overlays import Overlay, overlays

    overlays([Overlay("image", pixels), Overlay("gradient", pixels, values)], key="maps", t=t)

It draws with the parts of the canvas (`cnnviz.ui.components.canvas`): the same colours, legend, marks and files.
"""

from cnnviz.ui.components.overlays.component import overlays, overlays_component
from cnnviz.ui.components.overlays.panels import Box, BrushColour, Overlay, Stroke

__all__ = ["Box", "BrushColour", "Overlay", "Stroke", "overlays", "overlays_component"]
