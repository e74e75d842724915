"""The browser's history: one step for what the user did, none for what a page wrote into its address by itself."""

from cnnviz.ui.core.component_files import component

_install = component("cnnviz_history", "core/browser_history.js")


def install() -> None:
    """Have the browser tell the two apart from now on."""
    _install(key="history")
