"""The parameters of the Walkthrough's links."""

from cnnviz.options.kinds import Choice, Flag
from cnnviz.ui.components.stepper import LAYER
from cnnviz.ui.core.url import Name, Param, Place
from cnnviz.ui.inputs.links import IMAGE_PARAMS, MODEL_PARAMS

VIEWS = ("parts", "kernels", "gallery", "growth")
"""What stands below the maps; only the chosen one is computed."""

UNIT: Param[tuple[int, ...] | None] = Param("unit", Place((1, 3)), None)
VIEW: Param[str | None] = Param("view", Choice(VIEWS), None, {"value": None})
"""Older links name the value beside the maps alone, which always stands there."""
HEAT = Param("heat", Flag(), False)
GALLERY = Param("gallery", Name("an image set"), "")
PARAMS = (*MODEL_PARAMS, *IMAGE_PARAMS, LAYER, UNIT, VIEW, HEAT, GALLERY)
