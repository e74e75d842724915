"""The parameters of the Compare page's links."""

from cnnviz.models.spec import OWN
from cnnviz.options.kinds import Choice
from cnnviz.ui.core.url import Param
from cnnviz.ui.inputs.links import OWN_NETWORK, option_params
from cnnviz.ui.pages.compare.comparisons import COMPARISONS, SLOTS
from cnnviz.zoo.table import ARCHITECTURES

CHOSEN = "own"
"""The comparison that the user puts together."""
SIZES = (28, 64, 96, 128, 224)
"""Pixels on a side that all networks can be put on."""

SET = Param("set", Choice((*COMPARISONS, CHOSEN)), next(iter(COMPARISONS)))
SAME_SIZE = Param("same", Choice((0, *SIZES)), 0)
NETWORKS = {
    slot: Param(slot, Choice((*ARCHITECTURES, OWN) if slot in SLOTS[:2] else ("", *ARCHITECTURES, OWN)), default)
    for slot, default in zip(SLOTS, ("lenet", "alexnet", "", ""), strict=True)
}
OWN_IN = {slot: Param(f"{slot}.{OWN}", OWN_NETWORK.kind, "", family=f"<slot>.{OWN}") for slot in SLOTS}
"""By slot, a network of the user's own that is another one than that of `OWN_NETWORK`; "" for the same."""
OPTIONS = {slot: {name: option_params(name, slot, "<slot>.<option>") for name in ARCHITECTURES} for slot in SLOTS}
"""By slot, the network in it, and option."""
_EACH_ONCE = {param.name: param for slot in OPTIONS.values() for options in slot.values() for param in options.values()}
"""Options by the name in a link, whose values and default follow the network in the slot."""
PARAMS = (SET, SAME_SIZE, OWN_NETWORK, *NETWORKS.values(), *OWN_IN.values(), *_EACH_ONCE.values())
