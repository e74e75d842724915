"""The parameters of the Compare page's links; those of each slot's options follow its network."""

from cnnviz.options.kinds import Choice
from cnnviz.ui.core.url import Param
from cnnviz.ui.pages.compare.comparisons import COMPARISONS, SLOTS
from cnnviz.zoo.table import ARCHITECTURES

OWN = "own"
"""The comparison that the user puts together."""
SIZES = (28, 64, 96, 128, 224)
"""Pixels on a side that all networks can be put on."""

SET = Param("set", Choice((*COMPARISONS, OWN)), next(iter(COMPARISONS)))
SAME_SIZE = Param("same", Choice((0, *SIZES)), 0)
NETWORKS = {
    slot: Param(slot, Choice(tuple(ARCHITECTURES) if slot in SLOTS[:2] else ("", *ARCHITECTURES)), default)
    for slot, default in zip(SLOTS, ("lenet", "alexnet", "", ""), strict=True)
}
PARAMS = (SET, SAME_SIZE, *NETWORKS.values())
