"""Components of the browser whose code may travel ahead of them.

matrix = component("cnnviz_matrix", js=script(), css=styles())   # once, at import

carry(matrix)                     # on a page that draws it again and again: first of all
matrix(key="counts", data=facts)  # as a component of st.components.v2 is drawn
"""

from cnnviz.ui.core.component_code.carry import Component, carry, component, forget

__all__ = ["Component", "carry", "component", "forget"]
