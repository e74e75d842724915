"""The microscope: the arithmetic of one value, every number shown, each cell a link to the value it was read from.

    from cnnviz.ui.components.microscope import microscope

    microscope(explain(walk, "conv1", (3, 5, 8)), key="microscope", language="en", on_move=moved)

What the user clicks arrives as a trigger in `st.session_state[key]`: `follow` is {"row", "index"}, `back` a
place in the trail.
"""

from cnnviz.ui.components.microscope.microscope_view import Pixel, microscope, microscope_component

__all__ = ["Pixel", "microscope", "microscope_component"]
