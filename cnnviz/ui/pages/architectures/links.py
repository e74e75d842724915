"""The parameters of the Architectures page's links, beside those of the network."""

from cnnviz.ui.core.url import Name, Param

LAYER = Param("layer", Name("a layer of the network"), "")
PARAMS = (LAYER,)
