"""The parameters of the first page's links."""

from cnnviz.options.kinds import Choice
from cnnviz.ui.components.pad.pad_view import STROKES
from cnnviz.ui.core.url import Param

PAGE = Param("page", Choice(("",)), "")
"""Of an address that is no page's: its name, which the page says is none."""
PARAMS = (PAGE, STROKES)
