"""The parameters of the Architectures page's links."""

from cnnviz.ui.core.url import Name, Param
from cnnviz.ui.inputs.links import NETWORK_PARAMS

LAYER = Param("layer", Name("a layer of the network"), "")
PARAMS = (*NETWORK_PARAMS, LAYER)
