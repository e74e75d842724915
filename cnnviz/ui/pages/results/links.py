"""The parameters of the Results page's links."""

from cnnviz.options.kinds import Flag
from cnnviz.ui.core.url import Name, Param

SET = Param("set", Name("an image set"), "")
QUESTION = Param("question", Name("a question of the set"), "")
OTHERS = Param("others", Flag(), False)
ONE = Param("one", Name("a network of the table"), "")
PARAMS = (SET, QUESTION, OTHERS, ONE)
