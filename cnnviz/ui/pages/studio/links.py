"""The parameters of the Studio's links."""

from typing import Any

from cnnviz.data.image_count import MAX_IMAGES
from cnnviz.options.kinds import Choice, Flag, Several, Whole
from cnnviz.train.config import SETTINGS
from cnnviz.ui.core.url import Entries, Name, Param, Place
from cnnviz.ui.inputs.links import NETWORK_PARAMS
from cnnviz.ui.inputs.run_queue import ALSO, RUN
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS

MOST_BESIDE = 5
"""Runs that are drawn beside the watched one."""
SMOOTHING = (0.0, 0.5, 0.8, 0.9, 0.95)
INSIDE = ("maps", "minibatch", "nothing")
"""What is drawn below the curves."""
QUICK, COURSE = "quick", "course"
"""The settings that a training starts from: those chosen for the dataset, or the course's."""

DATA = Param("data", Name("an image set"), "digits")
LIMIT = Param("limit", Whole(0, MAX_IMAGES), 0)
BASE = Param("settings", Choice((QUICK, COURSE)), QUICK)
LOG = Param("log", Flag(), False)
SMOOTH = Param("smooth", Choice(SMOOTHING), SMOOTHING[0])
SHOWN_INSIDE = Param("inside", Choice(INSIDE), INSIDE[0])
STEP: Param[int] = Param("at", Whole(0, 10**9), 0)
LAYER = Param("layer.of", Name("a layer of the network"), "")
TEST_IMAGE = Param("test.image", Whole(0, 10_000_000), 0)
HISTOGRAM = Param("look.at", Name("a layer of the network"), "")
WEIGHT: Param[tuple[int, ...] | None] = Param("weight", Place((4,)), None)
EXPERIMENT = Param("experiment", Choice(tuple(EXPERIMENTS)), next(iter(EXPERIMENTS)))


def _setting(name: str) -> Param[Any]:
    kind, default = SETTINGS[name].kind, SETTINGS[name].default
    if isinstance(kind, Several):  # its widget holds a list
        entries = Entries(name, len(kind.choices), kind.choices)
        return Param(f"set.{name}", entries, list(default), {"none": []}, family="set.<setting>")
    return Param(f"set.{name}", kind, default, family="set.<setting>")


SETTING = {name: _setting(name) for name in SETTINGS}
PARAMS = (
    *NETWORK_PARAMS,
    DATA,
    LIMIT,
    BASE,
    RUN,
    ALSO,
    LOG,
    SMOOTH,
    SHOWN_INSIDE,
    STEP,
    LAYER,
    TEST_IMAGE,
    HISTOGRAM,
    WEIGHT,
    EXPERIMENT,
    *SETTING.values(),
)
