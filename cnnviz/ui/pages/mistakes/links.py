"""The parameters of the Mistakes page's links."""

from cnnviz.options.kinds import Choice, Whole
from cnnviz.train.predictions import IMAGE_ORDERS
from cnnviz.ui.core.url import Param
from cnnviz.ui.inputs.links import EVALUATED_WEIGHTS

ANY = -1
"""Every row, or every column: a menu takes None for nothing chosen."""
LARGEST = 10_000_000

TRUE = Param("true", Whole(ANY, LARGEST), ANY)
PREDICTED = Param("pred", Whole(ANY, LARGEST), ANY)
SHOW = Param("show", Choice(tuple(IMAGE_ORDERS)), next(iter(IMAGE_ORDERS)))
PART = Param("part", Whole(0, LARGEST), 0)
IMAGE: Param[int | None] = Param("at", Whole(0, LARGEST), None)
PARAMS = (EVALUATED_WEIGHTS, TRUE, PREDICTED, SHOW, PART, IMAGE)
