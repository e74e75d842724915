"""The parameters of the links to one's own network."""

from cnnviz.options import Choice
from cnnviz.ui.core.url import Param
from cnnviz.ui.inputs.links import OWN_NETWORK

CODE, BLOCKS = "code", "blocks"
EDITOR = Param("by", Choice((CODE, BLOCKS)), CODE)
PARAMS = (OWN_NETWORK, EDITOR)
