"""The parameter of the Help page's links."""

from cnnviz.ui.core.url import Name, Param

FIND = Param("find", Name("a part of a term or of its explanation", longest=60), "")
PARAMS = (FIND,)
