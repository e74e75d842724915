"""The parameters of the links of Lessons; in practice a link also names a network and an image."""

from cnnviz.options.kinds import Choice, Whole
from cnnviz.ui.components.stepper import LAYER
from cnnviz.ui.core.url import Name, Param
from cnnviz.ui.inputs.links import IMAGE_PARAMS, MODEL_PARAMS

MIXED = "mixed"
"""Practice with every kind of question that the network can be asked."""
LARGEST_ITEM = 9999

LESSON = Param("lesson", Name("a lesson"), "")
STEP = Param("step", Whole(1, 30), 1)
ITEM = Param("item", Whole(0, LARGEST_ITEM), 0)
"""The seed of the questions; that of untrained weights is another."""
MODE = Param("mode", Choice(("guided", "free")), "guided")
PRACTICE = Param("practice", Name("a kind of question, or `mixed`"), "")
PARAMS = (*MODEL_PARAMS, *IMAGE_PARAMS, LESSON, STEP, ITEM, MODE, PRACTICE, LAYER)
