"""The parameters of the links to one's own network."""

from dataclasses import dataclass
from typing import Any

from cnnviz.definitions import from_link
from cnnviz.definitions.text_form import LONGEST_LINK
from cnnviz.errors import UserError
from cnnviz.options import Choice, OptionError
from cnnviz.ui.core.url import Name, Param


@dataclass(frozen=True, slots=True)
class DefinitionLink(Name):
    """The short text of a network, unpacked and checked before it is a value."""

    def parse(self, value: Any, option: str = "value") -> str:
        """Return the text; nothing is built.

        Raises:
            OptionError: `option_choice` for a text that holds no network.
        """
        text = Name.parse(self, value, option)
        if text:
            try:
                from_link(text)
            except UserError as error:
                raise OptionError("option_choice", option=option, got=text[:40], choices=[self.meaning]) from error
        return text


OWN = Param("own", DefinitionLink("a network", r"[A-Za-z0-9_-]*", LONGEST_LINK), "")
CODE, BLOCKS = "code", "blocks"
EDITOR = Param("by", Choice((CODE, BLOCKS)), CODE)
PARAMS = (OWN, EDITOR)
