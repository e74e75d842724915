"""The parameters of the operations page's links."""

from typing import Any

from cnnviz.options import Choice
from cnnviz.ui.core.url import Param
from cnnviz.ui.pages.operations.tab_options import held_kind
from cnnviz.ui.pages.operations.table import TABS

TAB = Param("op", Choice(tuple(TABS)), next(iter(TABS)))
PRESETS = {
    name: Param(
        f"{name}.try", Choice(tuple(preset.name for preset in tab.presets)), tab.presets[0].name, family="<op>.try"
    )
    for name, tab in TABS.items()
}
"""The ready-made example of each tab."""
SETTINGS: dict[str, dict[str, Param[Any]]] = {
    name: {
        option.name: Param(f"{name}.{option.name}", held_kind(option), option.default, family="<op>.<setting>")
        for option in tab.settings
    }
    for name, tab in TABS.items()
}
"""By tab and setting; the default is that of the chosen example."""
PARAMS = (TAB, *PRESETS.values(), *(param for settings in SETTINGS.values() for param in settings.values()))
